"""The table and column model, its YAML loader, names in Chinese and English."""
