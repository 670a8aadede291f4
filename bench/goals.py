"""What is to be reached: ratios between two cases of one run, held against their limits."""

from __future__ import annotations

import itertools
from collections.abc import Callable, Mapping, Sequence
from typing import NamedTuple

from bench.measure import Case, Spent

ANOTHER_DAY, FIRST, UNCHANGED = (
    "tracker refresh, another day", "tracker refresh, first time", "tracker refresh, nothing changed",
)  # fmt: skip
DIRTY, CHECK, HELP = "tracker refresh, 1 % of the cells mistyped", "tracker check", "tracker --help"
LOAD_AND_SAVE = "openpyxl load and save, pandas and pandera imported"
SCRIPT, CALAMINE, BARE = "openpyxl and pandera script", "calamine parse", "python -c pass"
REWRITE, POLARS, WOLFXL = (
    "pandas and XlsxWriter rewrite",
    "polars rewrite",
    "wolfxl script, modify mode",
)
Measured = Mapping[tuple[str, str], Case]
"""Cases by size and name."""
SIZES = ("S", "M", "L")


class Goal(NamedTuple):
    """A ratio of two cases, and what it may be for S, M and L; None where nothing is asked."""

    what: str
    of: str
    to: str
    limits: tuple[float | None, float | None, float | None]
    memory: bool = False


GOALS = (
    Goal("`refresh` to the openpyxl and pandera script", ANOTHER_DAY, SCRIPT, (0.30, 0.15, 0.13)),
    Goal(
        "`refresh` to openpyxl load-and-save and imports",
        ANOTHER_DAY,
        LOAD_AND_SAVE,
        (0.45, 0.18, 0.16),
    ),
    Goal("`refresh` to calamine's parse", ANOTHER_DAY, CALAMINE, (None, 4, 3.5)),
    Goal("`refresh`, nothing changed, to bare Python", UNCHANGED, BARE, (5, 8, 12)),
    Goal("`check` to `refresh`", CHECK, ANOTHER_DAY, (0.8, 0.7, 0.7)),
    Goal("1 % dirty cells to the clean book", DIRTY, FIRST, (2, 2, 2)),
    Goal(
        "peak memory to openpyxl load-and-save", ANOTHER_DAY, LOAD_AND_SAVE, (None, 0.6, 0.5), True
    ),
    Goal("`refresh` to wolfxl's modify mode", ANOTHER_DAY, WOLFXL, (1, 1, 1)),
    Goal("`refresh` to the pandas and XlsxWriter rewrite", ANOTHER_DAY, REWRITE, (1, 1, 1)),
    Goal("`refresh` to polars", ANOTHER_DAY, POLARS, (1, 1, 1)),
    Goal("`tracker --help` to bare Python", HELP, BARE, (5, None, None)),
)
GROWTH = 1.2


def cpu(spent: Spent) -> float:
    return spent.cpu


def table(measured: Measured) -> str:
    """The goals with the ratios of the medians, and whether they are reached."""
    lines = ["| ratio | S | M | L |", "|---|---|---|---|"]
    lines += [f"| {g.what} | {' | '.join(_cells(g, measured))} |" for g in GOALS]
    return "\n".join(lines)


def _cells(goal: Goal, measured: Measured) -> list[str]:
    of: Callable[[Spent], float] = (lambda s: s.megabytes) if goal.memory else cpu
    found = []
    for size, limit in zip(SIZES, goal.limits, strict=True):
        pair = measured.get((size, goal.of)), measured.get((size, goal.to))
        if pair[0] is None or pair[1] is None:
            found.append("–" if limit is None else "not measured")
            continue
        ratio = pair[0].middle(of) / pair[1].middle(of)
        said = (
            ""
            if limit is None
            else f", at most {limit:g}: " + ("reached" if ratio <= limit else "**not reached**")
        )
        found.append(f"{ratio:.2f}{said}")
    return found


def growth(measured: Measured, rows: Mapping[str, int]) -> str:
    """How the part of `refresh` beyond start-up grows, against the rows."""
    start = measured.get(("S", "import pandas, pandera"))
    said = []
    for small, large in itertools.pairwise(SIZES):
        pair: Sequence[Case | None] = [measured.get((s, ANOTHER_DAY)) for s in (small, large)]
        if start and pair[0] and pair[1]:
            parts = [c.middle(cpu) - start.middle(cpu) for c in pair if c]
            ratio, more = parts[1] / parts[0], rows[large] / rows[small]
            verdict = "reached" if ratio <= GROWTH * more else "**not reached**"
            said.append(
                f"{large}/{small}: cost {ratio:.1f}, rows {more:.1f}, so {ratio / more:.2f} "
                f"(at most {GROWTH}): {verdict}"
            )
    return "; ".join(said)
