"""What the Summary of a team shows, as plain numbers and codes that no language has touched."""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterable, Mapping, Sequence

from tracker.metrics.settings import Settings
from tracker.summary.team.members import Common, Member, Record, Rows, Team, records
from tracker.summary.team.reps import Reps
from tracker.summary.team.sold import Sold, overlaps

_GRAVE = {"red": 0, "yellow": 1, "watch": 2}


def figures(
    members: Sequence[Member], as_of: dt.date, settings: Settings, limits: Mapping[str, int], *,
    commons: Mapping[str, Iterable[Common]] | None = None, spoken: Mapping[str, str] | None = None,
) -> Record:  # fmt: skip
    """Every figure of the team's page; JSON can hold it, and the order of members alone decides.

    Args:
        members: the books that count, in order.
        as_of: the day of the rollup.
        settings: bands of the pace and the like.
        limits: list -> how many rows it has at most; how many there are stands beside as `total`.
        commons: what several members have, by module; each is gone through once.
        spoken: as for `Team`.
    """
    team, commons = Team(members, spoken), commons or {}
    sold = Sold(team, as_of, settings, overlaps(commons.get("targets", ())))
    reps, shared = Reps(team), list(commons.get("customers", ()))
    reach = reps.reach(as_of)
    warned = int(reps.count("risk_red", "risk_yellow", "risk_watch"))
    return {
        "as_of": as_of.isoformat(),
        "period": sold.period,
        "key": {
            "reps": len({m.owner for m in members}), "books": len(members), "shared": len(shared),
            **reps.totals(), "sales": sold.whole(), "reach": reach and reach["total"],
        },
        "ranking": {**_cut(sold.ranking(), limits["reps"]), "apart": sold.apart()},
        "reps": _cut(reps.rows(), limits["reps"]),
        "products": {**_cut(sold.products(_heard(team)), limits["products"]), "periods": sold.periods()},
        "tiers": {"sales": _by_tier(sold), "reach": reach},
        "institutions": _cut(sold.institutions(), limits["institutions"]),
        "warned": _cut(_warned(team), limits["warnings"], warned),
        "adverse": _cut(_latest(team, "adverse"), limits["adverse"], int(reps.count("adverse"))),
        "cases": _cut(_latest(team, "cases"), limits["cases"]),
        "shared": _cut([_shared(team, c) for c in shared], limits["shared"]),
        "quality": _cut(reps.quality(), limits["reps"]),
    }  # fmt: skip


def _cut(rows: Rows, most: int, total: int | None = None) -> Record:
    return {"rows": rows[:most], "total": len(rows) if total is None else total}


def _shared(team: Team, common: Common) -> Record:
    """A customer of several members: who it is, whose, and the fields in which they disagree."""
    labels = {m.owner: m.label for m in team.members}
    owners = [labels.get(o, o) for o in common.owners]
    return {**common.said, "reps": owners, "differ": list(common.differ)}


def _heard(team: Team) -> dict[str, float]:
    """Target customers who heard of each product in the running quarter."""
    frame = team.named(team.frame("heard"), ["product"])
    if frame.empty:
        return {}
    sums = frame.groupby("product", sort=True)["covered"].sum()
    return {str(k): float(v) for k, v in sums.items()}


def _by_tier(sold: Sold) -> Rows:
    """Attainment by tier, unit by unit; what belongs to no tier comes last."""
    rows = sold.by("tier")
    units = {r["unit"]: n for n, r in reversed(list(enumerate(rows)))}
    return sorted(rows, key=lambda r: (units[r["unit"]], str(r["tier"] or "~")))


def _warned(team: Team) -> Rows:
    """Customers with warnings over all members, the gravest level first, then by tier."""
    frame = team.frame("warned")
    if frame.empty:
        return []
    level, tier = frame["risk"].map(_GRAVE).fillna(len(_GRAVE)), frame["tier"].replace("", "~")
    order = frame.assign(_level=level, _tier=tier).sort_values(["_level", "_tier"], kind="stable")
    return _lines(team, records(order.drop(columns=["_level", "_tier"])))


def _latest(team: Team, name: str) -> Rows:
    """The rows of a list over all members, the latest first."""
    frame = team.frame(name)
    if frame.empty:
        return []
    return _lines(team, records(frame.sort_values("raised", ascending=False, kind="stable")))


def _lines(team: Team, rows: Rows) -> Rows:
    """The rows with whose they are; `member` is the place among the books that count."""
    return [{"rep": team.of(r["member"]), **r} for r in rows]
