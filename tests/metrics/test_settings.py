from __future__ import annotations

from typing import Any

import pytest

from tests.metrics.tables import settings, thresholds
from tracker.errors import ConfigError
from tracker.metrics.settings import Expected, Settings


def test_the_shipped_thresholds_are_those_of_the_metrics() -> None:
    shipped = settings()
    assert (shipped.recent_days, shipped.longer_days, shipped.due_soon_days) == (30, 90, 3)
    assert shipped.forecast_min_progress == 0.15
    assert dict(shipped.calls.frequency) == {"A": 6, "B": 3, "C": 1, "D": 0}
    trend = shipped.trend
    assert (trend.rule, trend.window) == ("theil_sen", 8)
    assert (trend.min_change, trend.min_change_short) == (0.15, 0.20)


def changed(path: str, value: object) -> dict[str, Any]:
    top = thresholds()
    *sections, key = path.split(".")
    place = top
    for name in sections:
        place = place[name]
    if value is KeyError:
        del place[key]
    else:
        place[key] = value
    return top


@pytest.mark.parametrize(
    ("path", "value"),
    [
        ("pace", KeyError),
        ("pace", 3),
        ("pace.running.ahead", KeyError),
        ("pace.running.ahead", "1.1"),
        ("pace.running.ahead", True),
        ("pace.running.ahead", -1),
        ("trend.rule", "guess"),
        ("trend.rule", None),
        ("trend.window", 1),
        ("trend.window", 2.5),
        ("tier.matrix.H.L", KeyError),
        ("tier.matrix.H.L.tier", KeyError),
        ("calls.count", "week"),
        ("calls.inactive", "moved"),
        ("completeness.customers", "title"),
        ("completeness.customers", [{"when": {}}]),
        ("completeness.customers", [{"field": "title", "when": 5}]),
        ("completeness.customers", [{"field": "title", "when": {"status": 5}}]),
    ],
)
def test_a_mistake_names_its_key_in_both_languages(path: str, value: object) -> None:
    with pytest.raises(ConfigError) as caught:
        Settings.of(changed(path, value))
    place = path.split(".", maxsplit=1)[0]
    assert place in caught.value.message("zh")
    assert place in caught.value.message("en")
    assert caught.value.message("zh") != caught.value.message("en")


def test_conditions_of_an_expected_field() -> None:
    entry = {"field": "title", "when": {"phone": "filled", "status": ["active", None]}}
    found = Settings.of(changed("completeness.customers", ["source", entry])).expected["customers"]
    wanted = Expected("title", {"phone": "filled", "status": ("active", None)})
    assert found == (Expected("source", {}), wanted)
