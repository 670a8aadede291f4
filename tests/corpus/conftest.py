"""The whole corpus takes minutes: it runs when it is asked for by its marker, `-m corpus`."""

from __future__ import annotations

import pytest


def pytest_collection_modifyitems(config: pytest.Config, items: list[pytest.Item]) -> None:
    if "corpus" in config.option.markexpr:
        return
    left = [i for i in items if i.get_closest_marker("corpus")]
    config.hook.pytest_deselected(items=left)
    items[:] = [i for i in items if i not in left]
