"""Bundles and a workbook's rows put together, three-way: pure values in, pure values out."""

from __future__ import annotations

from collections.abc import Container, Iterable, Mapping
from dataclasses import dataclass, replace
from typing import Literal

from tracker.bundles.codec import digest
from tracker.bundles.model import Bundle, Cells, Dispute, Entry, Known, Place, Synced
from tracker.history.threeway import Kind, Value, merge

Mine = dict[Place, dict[str, Value]]
"""The workbook's rows: the centrally kept fields that it has columns for, blank ones as None."""
Which = tuple[str, str, str]
"""Table, key and field of a dispute."""


@dataclass(frozen=True, slots=True)
class Choice:
    """What a person chose: their own value, the central one, or another."""

    side: Literal["mine", "theirs", "other"]
    value: Value = None


def told(rows: Mapping[Place, Known], bundle: Bundle) -> dict[Place, Known]:
    """What the central side has said once a bundle is counted in."""
    found = dict(rows)
    for e in bundle.rows:
        old = found.get((e.table, e.key))
        before = old.values if old and not old.withdrawn else {}
        found[e.table, e.key] = Known(e.at, {**before, **e.values}, old.id if old else "")
    for place in bundle.gone:
        if place in found:
            found[place] = replace(found[place], withdrawn=True)
    return found


def following(waiting: Iterable[Bundle], synced: Synced) -> Bundle | None:
    """The bundle to take in next: one that builds on the last and on what that left behind.

    Of several the latest, which was made in the place of the others.
    """
    base = digest(synced.rows)
    fit = [b for b in waiting if b.follows == synced.last < b.number and b.base == base]
    return max(fit, key=lambda b: b.number, default=None)


class Desk:
    """A workbook's rows on the table beside what it remembers; both change as steps are taken."""

    def __init__(
        self, synced: Synced, mine: Mapping[Place, Cells], held: Container[Which] = ()
    ) -> None:
        """`held` are cells that are never changed unasked, such as those with a formula."""
        self.held = held
        self.synced = Synced(
            synced.workbook, dict(synced.taken), dict(synced.rows), dict(synced.disputes)
        )
        self.mine: Mine = {place: dict(cells) for place, cells in mine.items()}
        self._new: dict[Place, Dispute] = {}

    def tidy(self) -> None:
        """Drop what has settled itself since: cells that agree now, rows that came back or went."""
        for which, d in list(self.synced.disputes.items()):
            if which in self.synced.disputes:
                self._tidy(which, d)

    def _tidy(self, which: Which, d: Dispute) -> None:
        here = self.mine.get(d.place)
        if d.kind == "deleted_theirs" and here is None:
            self._forget(d.place)
        elif d.kind == "value" and here is None:
            del self.synced.disputes[which]
            self._ask(replace(d, field="", kind="deleted_mine", base=None, theirs=None))
        elif d.kind == "value" and here is not None and here.get(d.field, d) == d.theirs:
            del self.synced.disputes[which]
        elif d.kind == "deleted_mine" and here is not None:
            del self.synced.disputes[which]
            self._meet(d.place, {}, d)

    def choose(self, which: Which, choice: Choice) -> bool:
        """Do what a person decided; whether that was possible."""
        dispute = self.synced.disputes.get(which)
        if dispute is None or (choice.side == "other" and dispute.kind != "value"):
            return False
        place = dispute.place
        if dispute.kind == "value" and dispute.field not in self.mine.get(place, ()):
            return False
        del self.synced.disputes[which]
        if dispute.kind == "value" and choice.side != "mine":
            value = dispute.theirs if choice.side == "theirs" else choice.value
            self.mine[place][dispute.field] = value
        elif dispute.kind == "deleted_mine" and choice.side == "theirs":
            self._put(dispute)
        elif dispute.kind == "deleted_theirs":
            if choice.side == "theirs":
                del self.mine[place]
            self._forget(place)
        return True

    def take(self, bundle: Bundle) -> None:
        """Count a bundle in: what only the central side changed is done, the rest is disputed."""
        before = dict(self.synced.rows)
        self.synced.rows = told(before, bundle)
        for entry in bundle.rows:
            self._row(entry, before.get((entry.table, entry.key)), bundle)
        for place in bundle.gone:
            self._withdraw(place, bundle)
        self.synced.taken[bundle.number] = bundle.checksum

    def _row(self, entry: Entry, known: Known | None, bundle: Bundle) -> None:
        place = entry.table, entry.key
        after = self.synced.rows[place].values
        source = Dispute(
            *place, "", "deleted_mine", None, None, bundle.number, bundle.sender, bundle.day
        )
        if place in self.mine:
            self.synced.disputes.pop((*place, ""), None)
            self._meet(place, known.values if known else {}, source)
        elif known is None or known.withdrawn:
            self._put(source)
        elif _filled(after) != _filled(known.values) or (*place, "") in self.synced.disputes:
            self._ask(source)

    def _put(self, source: Dispute) -> None:
        """A row that is to be added; `source` is asked where there is no room for it."""
        self._new[source.place] = source
        self.mine[source.place] = dict(self.synced.rows[source.place].values)

    def no_room(self, place: Place) -> None:
        """A row that could not be added: it is asked about, and tried again when that is chosen."""
        del self.mine[place]
        self._ask(self._new[place])

    def _meet(self, place: Place, base: Cells, source: Dispute) -> None:
        """Merge a row that stands on both sides, field by field; `source` says where it is from."""
        mine = self.mine[place]
        theirs = {f: self.synced.rows[place].values.get(f) for f in mine}
        open_before = {f: d for f in mine if (d := self.synced.disputes.pop((*place, f), None))}
        base = {f: d.base for f, d in open_before.items()} | {
            f: base.get(f) for f in mine if f not in open_before
        }
        merged = merge({"": base}, {"": mine}, {"": theirs})
        odd = {c.field for c in merged.conflicts}
        for f in mine:
            back = f in open_before and mine[f] == base[f] != theirs[f]
            kept = mine[f] != theirs[f] != base[f] and (*place, f) in self.held
            if (
                f in odd or back or kept
            ):  # a value put back while it is disputed is a choice of its own
                asked = replace(source, field=f, kind="value", base=base[f], theirs=theirs[f])
                self._ask(asked)
            else:
                mine[f] = merged.rows.get("", {}).get(f)

    def _withdraw(self, place: Place, bundle: Bundle) -> None:
        if place not in self.mine:
            self._forget(place)
        elif place in self.synced.rows:
            self._ask(_whole_row(place, "deleted_theirs", bundle))

    def _ask(self, dispute: Dispute) -> None:
        self.synced.disputes[(*dispute.place, dispute.field)] = dispute

    def _forget(self, place: Place) -> None:
        self.synced.rows.pop(place, None)
        for which in [w for w in self.synced.disputes if w[:2] == place]:
            del self.synced.disputes[which]


def _whole_row(place: Place, kind: Kind, bundle: Bundle) -> Dispute:
    return Dispute(*place, "", kind, None, None, bundle.number, bundle.sender, bundle.day)


def _filled(cells: Cells) -> dict[str, Value]:
    return {f: v for f, v in cells.items() if v is not None}
