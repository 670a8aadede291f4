"""The Summary of a team: what each book adds to it, the figures of all, and what the page shows."""
