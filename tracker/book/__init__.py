"""Tables in a workbook: find them, read them into frames, resolve references, plan changes."""
