"""What was done to a workbook, and the way back."""
