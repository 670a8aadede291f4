"""An agenda as lines of text: a day's way, place by place, with what to know before each visit."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import date
from typing import TYPE_CHECKING

from tracker.cli.columns import wrapped
from tracker.summary.agenda.item import CALLS, clock
from tracker.summary.marks import fill

if TYPE_CHECKING:
    from tracker.api.today import Today
    from tracker.cli.output import Console
    from tracker.summary.agenda.brief import Brief, Told
    from tracker.summary.agenda.item import Item
    from tracker.summary.agenda.route import Day

_IN, _DEEP = "  ", "      "
_FULL = frozenset({"visit", "next"})


def show(found: Today, console: Console) -> None:
    """Print an agenda: briefs with the visits of the diary, with all of them under -v, none with -q."""
    teller = _Teller(found, console)
    for day in found.agenda.days:
        teller.day(day)
    for kind, count in found.agenda.left_out.items():
        console.print(console.paint(teller.said(f"more_{kind}", n=count), "dim"))
    errors = sum(found.agenda.excluded.values())
    if errors:
        console.print(console.paint(teller.said("excluded", n=errors), "warning"))
    if found.calendar is not None:
        key = "calendar" if found.written else "calendar_same"
        console.print(teller.said(key, path=found.calendar, n=found.entries))


class _Teller:
    """Puts one agenda into words."""

    def __init__(self, found: Today, console: Console) -> None:
        self.found, self.console, self.words = found, console, found.words
        self.told: set[str] = set()

    def said(self, key: str, **facts: object) -> str:
        return fill(self.words[key], **facts)

    def day(self, day: Day) -> None:
        name = self.words["weekdays"].split()[day.day.weekday()]
        items = sum(len(s.items) for s in day.stops)
        key = "head" if items else "nothing"
        head = self.said(key, day=day.day, weekday=name, stops=len(day.stops), items=items)
        self.console.print(self.console.paint(head, "bold"))
        on_way = True
        for stop in day.stops:
            if on_way and day.stops[0].visited and not stop.visited:
                on_way = False
                self.console.print(self.console.paint(self.words["off_way"], "bold"))
            place = stop.institution or self.words["elsewhere"]
            self._lines(place, "", _IN, "info")
            for item in stop.items:
                self._item(item)

    def _lines(self, text: str, first: str, rest: str, how: str | None = None) -> None:
        for line in wrapped(text, first, rest):
            self.console.print(self.console.paint(line, how) if how else line)

    def _item(self, item: Item) -> None:
        self._lines(" ".join(self._parts(item)), _IN, _DEEP)
        if item.kind in CALLS and not self.console.quiet:
            full = item.kind in _FULL or self.console.verbose
            for who in item.who:
                brief = self.found.agenda.briefs.get(who)
                if brief is not None and who not in self.told:
                    self.told.add(who)
                    self._brief(brief, item, full=full)

    def _parts(self, item: Item) -> Iterator[str]:
        """Time or kind, name and tier, how, what, and how late."""
        if item.start is not None and item.kind == "visit":
            yield clock(item.start) + (f"-{clock(item.end)}" if item.end is not None else "")
        else:
            yield self.words[item.kind]
        about = " · ".join(p for p in (item.tier, item.department) if p)
        yield f"{item.name} ({about})" if about else item.name
        if item.method:
            yield item.method
        if item.what:
            yield f"· {item.what}"
        if item.kind == "date":
            yield f"· {item.day:%m-%d} · {self.words['greetings']}"
        elif item.kind not in _FULL:
            yield f"· {self._when(item.day, item.late)}"

    def _when(self, day: date, late: int) -> str:
        if late > 0:
            return self.said("late", n=late)
        return self.words["today"] if late == 0 else self.said("ahead", day=f"{day:%m-%d}")

    def _brief(self, brief: Brief, item: Item, *, full: bool) -> None:
        rows = [("last", self._last(brief))]
        if full:
            rows += [
                ("agreed", "" if brief.objective == item.what else brief.objective),
                ("owed", self._list(brief.owed)),
                ("promised", self._list(brief.promised)),
                ("bring", "、".join(brief.bring)),
                ("concern", self.words["separator"].join(self._concerns(brief))),
            ]
        rows.append(("phone", " / ".join(brief.phones or ())))
        for key, text in rows:
            if text:
                self._lines(f"{self.words[key]}: {text}", _DEEP, _DEEP + _IN)

    def _last(self, brief: Brief) -> str:
        if brief.last.day is None:
            return self.words["never"]
        facts = (f"{brief.last.day:%Y-%m-%d}", brief.method, brief.last.text)
        return " · ".join(f for f in facts if f)

    def _list(self, told: tuple[Told, ...]) -> str:
        texts = (
            t.text if t.day is None else f"{t.text} ({self._when(t.day, t.late or 0)})"
            for t in told
        )
        return self.words["separator"].join(texts)

    def _concerns(self, brief: Brief) -> Iterator[str]:
        for issue in brief.issues:
            yield self.said("open_issue", text=self._list((issue,)))
        if brief.concern is not None and brief.concern.day is not None:
            yield self.said("voiced", day=f"{brief.concern.day:%m-%d}", text=brief.concern.text)
        if brief.objections:
            yield self.said("expected", text=brief.objections)
