"""What each member of a team does, how far their calls reach, how sound their books are."""

from __future__ import annotations

import datetime as dt
from collections.abc import Mapping

import pandas as pd

from tracker.metrics import coverage
from tracker.metrics.calls import window
from tracker.summary.team.members import Record, Rows, Team, number, records

FAULTS = ("rows", "excluded", "error", "warning", "info")
TOLD = ("customers", "customers_all", "calls", "risk_red", "risk_yellow", "risk_watch",
        "open_issues", "overdue_issues", "overdue_customers", "adverse", "mentioned")  # fmt: skip
_RATES = ("coverage", "qualified", "frequency", "capped")
_SHARES = {
    "per_day": ("calls", "field_days"), "on_target": ("on_target", "on_all"),
    "execution": ("executed", "planned_rows"), "joint": ("joint", "completed"),
}  # fmt: skip
Line = Mapping[str, float]
"""The counts of one member, by name."""


class Reps:
    """Counts, reach and findings by member."""

    def __init__(self, team: Team) -> None:
        self._team = team
        everybody = range(len(team.members))
        self._counts = team.frame("counts").set_index("member").reindex(everybody)
        self._reach = team.frame("reach")
        frame = team.frame("faults")
        self._faults = frame.groupby("member")[list(FAULTS)].sum().reindex(everybody)

    def count(self, *names: str) -> float:
        """The sum of some counts over all members."""
        return _sum(self._counts, *names)

    def totals(self) -> Record:
        """The counts and findings of all, `per_day`, calls a day in the field (M-20), and `joint`.

        That is the share of completed visits with somebody along.
        """
        faults = {n: float(self._faults[n].sum()) for n in FAULTS}
        told = {n: self.count(n) for n in TOLD}
        rates = {n: _rate(self._counts, *_SHARES[n]) for n in ("per_day", "joint")}
        return {**told, **rates, "faults": faults}

    def reach(self, as_of: dt.date) -> Record | None:
        """Coverage of the running quarter (M-16 to M-18) by tier and over all, None without any.

        A customer of two members counts with each. `gone` is the share of the quarter gone by.
        """
        if self._reach.empty:
            return None
        sums = self._reach.groupby("tier", sort=True)[_parts(self._reach)].sum()
        first, last = window(as_of)
        return {
            "rows": records(coverage.rated(sums).reset_index()),
            "total": _rated(self._reach),
            "gone": ((as_of - first).days + 1) / ((last - first).days + 1),
        }

    def rows(self) -> Rows:
        """A row a member: calls, coverage, plans carried out, warnings, what is late.

        The lowest coverage first.
        """
        reach, found = self._rates(), list[Record]()
        for place, mine in enumerate(_plain(self._counts)):
            rates = reach.get(place, {})
            row: Record = {
                "rep": self._team.of(place),
                **{n: mine.get(n, 0.0) for n in TOLD},
                **{n: rates.get(n) for n in _RATES},
                **{name: _share(mine, *parts) for name, parts in _SHARES.items()},
            }
            found.append(row)
        return sorted(found, key=lambda r: (number(r["coverage"]), str(r["rep"])))

    def _rates(self) -> dict[int, Record]:
        """The rates of reach by the member's place."""
        if self._reach.empty:
            return {}
        sums = self._reach.groupby("member", sort=True)[_parts(self._reach)].sum()
        return dict(zip(map(int, sums.index), records(coverage.rated(sums)), strict=True))

    def quality(self) -> Rows:
        """Findings of each member, also a hundred rows; completeness and timeliness (M-35).

        The most errors a hundred rows first, then the most warnings.
        """
        sides = zip(_plain(self._faults), _plain(self._counts), strict=True)
        found = [self._quality(place, *both) for place, both in enumerate(sides)]
        found.sort(key=lambda r: str(r["rep"]))
        worst = ("errors_100", "warnings_100")
        return sorted(found, key=lambda r: [number(r[n]) for n in worst], reverse=True)

    def _quality(self, place: int, mine: Line, own: Line) -> Record:
        rows = mine["rows"]
        return {
            "rep": self._team.of(place),
            **mine,
            "errors_100": 100 * mine["error"] / rows if rows else None,
            "warnings_100": 100 * mine["warning"] / rows if rows else None,
            "completeness": _share(own, "filled", "fillable"),
            "timely": _share(own, "timely", "logged"),
            "refreshed": self._team.members[place].refreshed or None,
        }


def _parts(reach: pd.DataFrame) -> list[str]:
    return [str(c) for c in reach if c not in ("tier", "member")]


def _rated(reach: pd.DataFrame) -> Record:
    return records(coverage.rated(reach[_parts(reach)].sum().to_frame().T))[0]


def _sum(frame: pd.DataFrame, *names: str) -> float:
    return float(sum(frame[n].sum() for n in names if n in frame))


def _plain(frame: pd.DataFrame) -> list[Line]:
    """The rows as plain numbers, 0 for none."""
    rows = frame.fillna(0.0).astype("float64").to_numpy().tolist()
    return [dict(zip(map(str, frame.columns), row, strict=True)) for row in rows]


def _share(counts: Line, part: str, whole: str) -> float | None:
    below = counts.get(whole, 0.0)
    return counts.get(part, 0.0) / below if below > 0 else None


def _rate(counts: pd.DataFrame, part: str, whole: str) -> float | None:
    below = _sum(counts, whole)
    return _sum(counts, part) / below if below > 0 else None
