"""What each institution was to buy and bought: the rows of the targets module."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date, timedelta
from random import Random

from tracker.sample.customers import Site
from tracker.sample.vocabulary import Row, Vocabulary

QUARTERS = tuple((year, quarter) for year in (2024, 2025, 2026) for quarter in (1, 2, 3, 4))[2:10]
SEASON = {1: 0.93, 2: 1.0, 3: 1.0, 4: 1.07}
BOXES = (420, 300, 190)  # a middling institution's quarter, by product
# Growth a quarter: some institutions rise, a few decline, most stand still.
COURSES = (((0.03, 0.06), 34), ((-0.06, -0.035), 16), ((-0.008, 0.012), 50))
PLANNED_GROWTH = 0.018


def rows(rng: Random, words: Vocabulary, sites: Sequence[Site]) -> list[Row]:
    """Eight quarters of each product in each institution, in boxes."""
    return [
        row
        for site in sites
        for product, name in enumerate(words.product_names())
        for row in _series(rng, words, site, name, BOXES[product])
    ]


def _series(rng: Random, words: Vocabulary, site: Site, product: str, boxes: int) -> list[Row]:
    low, high = rng.choices([c for c, _ in COURSES], [weight for _, weight in COURSES])[0]
    growth = rng.uniform(low, high)
    level = boxes * site.volume * rng.uniform(0.8, 1.25)
    ambition = rng.uniform(0.97, 1.08)
    made: list[Row] = []
    for n, (year, quarter) in enumerate(QUARTERS):
        season = SEASON[quarter]
        sold = level * (1 + growth) ** n * season * rng.uniform(0.94, 1.06)
        target = level * (1 + PLANNED_GROWTH) ** n * season * ambition
        made.append(
            {
                "subject_level": "institution",
                "customer": site.name,
                "product": product,
                "period": f"{year}Q{quarter}",
                "unit": "box",
                "target": round(target / 5) * 5,
                "actual": round(sold),
                "actual_as_of": quarter_end(year, quarter),
                "data_source": "sales_flow",
                "target_basis": words.find("target_basis") if quarter == 1 else None,
            }
        )
    return made


def quarter_end(year: int, quarter: int) -> date:
    """The last day of a calendar quarter."""
    return date(year + quarter // 4, quarter * 3 % 12 + 1, 1) - timedelta(1)
