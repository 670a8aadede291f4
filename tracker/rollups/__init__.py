"""Many workbooks as one table: what is taken from each, which copy counts, who shares what."""
