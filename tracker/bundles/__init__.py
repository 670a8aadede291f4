"""What is kept centrally and goes down to the workbooks: bundles, their order, what they change."""
