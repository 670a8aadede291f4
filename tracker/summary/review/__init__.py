"""The review of a week, a month or a quarter: what was done, beside the one before."""
