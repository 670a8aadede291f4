"""Targets and actuals of a team in the running period (M-02 to M-05), nothing twice in silence."""

from __future__ import annotations

import datetime as dt
from collections import defaultdict
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass

import pandas as pd

from tracker.metrics import attainment, pace
from tracker.metrics.period import holding, split
from tracker.metrics.settings import Settings
from tracker.schema.names import plain
from tracker.summary.products import GRAINS
from tracker.summary.team.members import Common, Record, Rows, Team, records

_PERIODS = 8
_SUMS = ["target", "actual", "rows", "known", "excluded", "total_sales", "to_date"]


@dataclass(frozen=True)
class Overlap:
    """A target that several members have: what their sum holds beyond the largest of them.

    Attributes:
        key: what it is about, in compared form; `institution` is "" for the target of a person.
    """

    key: Mapping[str, str]
    target: float
    actual: float


def overlaps(targets: Iterable[Common]) -> Iterator[Overlap]:
    """The targets above zero that several members have."""
    for c in targets:
        rows = [f for f in c.facts if _amount(f.get("target")) > 0]
        if len(rows) > 1:
            person = c.key.get("subject_level") == "person"
            place = "" if person else c.key.get("customer", "")
            beyond = (
                _beyond_largest(_amount(f.get(n)) for f in rows) for n in ("target", "actual")
            )
            yield Overlap({**c.key, "institution": place}, *beyond)


def _beyond_largest(values: Iterable[float]) -> float:
    known = sorted(values)
    return sum(known[:-1])


def _amount(value: object) -> float:
    return value if isinstance(value, float) and value == value else 0.0  # NaN is unequal to itself


class Sold:
    """The sums of the team's running period, which members that keep other periods are `apart` from.

    It is the running period that most members have; of several the quarter, else the finest.
    """

    def __init__(
        self, team: Team, as_of: dt.date, settings: Settings, overlaps: Iterable[Overlap]
    ) -> None:
        self._team, self._settings = team, settings
        self._every = team.named(team.frame("sales"), ["product", "institution"])
        self.period = self._leading_period(as_of)
        self._rows = self._every[self._every["period"].eq(self.period)] if self.period else None
        self._twice = self._told(overlaps, "period", self.period or "")
        self._told_by: dict[str, dict[tuple[str | None, str | None], list[Overlap]]] = {}
        self.unit = self._leading_unit()

    def _leading_period(self, as_of: dt.date) -> str | None:
        """The running period that most members have targets for."""
        if self._every.empty:
            return None
        members = self._every.groupby("period")["member"].nunique()
        names = [p for p in (holding(as_of, grain) for grain in GRAINS) if p in members]
        return max(names, key=lambda p: members[p], default=None)

    def _leading_unit(self) -> str | None:
        """The unit with the largest target."""
        if self._rows is None:
            return None
        sums = self._rows.groupby("unit", sort=True)["target"].sum()
        return str(sums.idxmax()) if sums.max() > 0 else None

    def by(self, *keys: str) -> Rows:
        """Attainment by unit and some of member, product, institution, tier.

        The unit with the largest target first, in it those farthest behind the pace (`behind`).
        """
        return [] if self._rows is None else records(self._by(self._rows, keys))

    def _by(self, rows: pd.DataFrame, keys: Sequence[str]) -> pd.DataFrame:
        total = attainment.rates(rows.groupby([*keys, "unit"], sort=True)[_SUMS].sum())
        total = total[(total["rows"] + total["excluded"] + total["total_sales"].abs()) > 0]
        total = _paced(total.reset_index(), self._settings)
        total["behind"] = total["to_date"] - total["actual"]
        size = total.groupby("unit")["target"].transform("sum")
        order = total.assign(size=size).sort_values(
            ["size", "unit", "behind"], ascending=[False, True, False], kind="stable"
        )
        return order.drop(columns="size")

    def ranking(self) -> Rows:
        """A row a member and unit, the best time-adjusted attainment of each unit first.

        `rank` within the unit, equal ones share it; blank for members without an attainment.
        """
        if self._rows is None:
            return []
        rows = self._by(self._rows, ["member"])
        score = rows["time_adj_attainment"].round(12)
        rows["rank"] = score.groupby(rows["unit"]).rank(method="min", ascending=False)
        place = rows["unit"].map({u: n for n, u in enumerate(rows["unit"].unique())})
        rows = rows.assign(place=place, rep=[self._team.of(m) for m in rows["member"]])
        rows = rows.sort_values(["place", "rank", "rep"], kind="stable")
        return records(rows.drop(columns=["place", "member"]))

    def apart(self) -> list[str]:
        """Members who have targets for running periods of other lengths alone."""
        here = set() if self._rows is None else set(self._rows["member"])
        return [self._team.of(m) for m in sorted(set(self._every["member"]) - here)]

    def products(self, heard: Mapping[str, float]) -> Rows:
        """Attainment by product; `covered` target customers heard of it."""
        return [
            {**row, **self._again(row, "product"), "covered": heard.get(str(row["product"]))}
            for row in self.by("product")
        ]

    def institutions(self) -> Rows:
        """Attainment by institution, with `reps`, the members who have targets there."""
        if self._rows is None:
            return []
        groups = self._rows.groupby(["institution", "unit"])["member"].unique()
        who = {place: [self._team.of(m) for m in members] for place, members in groups.items()}
        return [
            {**row, **self._again(row, "institution"), "reps": who[row["institution"], row["unit"]]}
            for row in self.by("institution")
            if row["institution"]
        ]

    def _again(self, row: Mapping[str, object], by: str) -> Record:
        if by not in self._told_by:
            groups = self._told_by[by] = defaultdict(list)
            for one in self._twice:
                groups[one.key.get("unit"), one.key.get(by)].append(one)
        which = plain(str(row["unit"])), self._team.key(str(row[by]))
        return _beyond(self._told_by[by].get(which, []))

    @staticmethod
    def _told(overlaps: Iterable[Overlap], field: str, value: str) -> list[Overlap]:
        return [o for o in overlaps if o.key.get(field) == plain(value)]

    def whole(self) -> Record | None:
        """Attainment of the team in the leading unit; `shared` counts targets that several have."""
        mine = [r for r in self.by() if r["unit"] == self.unit]
        twice = self._told(self._twice, "unit", self.unit or "")
        return {**mine[0], **_beyond(twice), "shared": len(twice)} if mine else None

    def periods(self) -> Record | None:
        """Target and actual of the last eight periods of that length in the leading unit."""
        frame = self._team.frame("periods")
        if self.period is None or self.unit is None or frame.empty:
            return None
        grain = split(self.period).grain
        same = frame["period"].map(lambda p: split(p).grain == grain)
        mine = frame[same & frame["unit"].eq(self.unit) & (frame["rows"] > 0)]
        sums = mine.groupby("period", sort=True)[["target", "actual"]].sum().tail(_PERIODS)
        return {"unit": self.unit, "rows": records(sums.reset_index())}


def _beyond(twice: Sequence[Overlap]) -> Record:
    """How much stands in a sum more than once, if those who share a target mean the same one."""
    target, actual = sum(o.target for o in twice), sum(o.actual for o in twice)
    return {"twice_target": target or None, "twice_actual": actual or None}


def _paced(sums: pd.DataFrame, settings: Settings) -> pd.DataFrame:
    """The sums with the pace of the running period; none where no actual is known."""
    state = pd.Series("running", index=sums.index, dtype=object)
    known = sums["time_adj_attainment"].where(sums["actual_coverage"].gt(0))
    word = pace.status(sums["attainment"], known, state, settings.bands)
    return sums.assign(time_adj_attainment=known, pace=word)
