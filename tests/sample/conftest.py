from __future__ import annotations

import pytest

from tests.sample.reading import Told, tell

STORIES = [("zh", 1.0), ("en", 1.0), ("zh", 0.1), ("en", 0.1)]


@pytest.fixture(scope="session", params=STORIES, ids=[f"{lang}-{size}" for lang, size in STORIES])
def told(request: pytest.FixtureRequest) -> Told:
    lang, size = request.param
    return tell(lang, size)
