"""What is computed from the tables: pure functions of frames, an as-of day and settings."""
