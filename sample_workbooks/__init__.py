"""The sample workbooks and what makes them."""
