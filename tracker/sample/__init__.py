"""The sample: one invented representative's year, for `new --sample`, the manual and the tests."""

from tracker.sample.story import default_rep_name, story

__all__ = ["default_rep_name", "story"]
