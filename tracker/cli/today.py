"""tracker today."""

from __future__ import annotations

from dataclasses import asdict
from pathlib import Path
from typing import TYPE_CHECKING, Any

import click

from tracker.cli.options import PATH, checking, common

if TYPE_CHECKING:
    from tracker.api.today import Today
    from tracker.summary.agenda.item import Item


@click.command()
@click.argument("book", type=PATH)
@click.option("--days", type=click.IntRange(1, 366), metavar="N",
              help="Look so many days ahead, today included (default: 3).")  # fmt: skip
@click.option("--ics", type=PATH, metavar="FILE",
              help="Write next visits, commitments and dates as a calendar, too; all that lie ahead, "
              "or those of N days.")  # fmt: skip
@checking()
def today(book: Path, days: int | None, ics: Path | None, **options: Any) -> int:
    """What is due: visits, promises, issues, dates, in the order of a day's way.

    What is late stands under today. Nothing is written into the workbook.
    """
    shared = common(options)
    from tracker.api.today import today as run_today

    config = shared.config(book)
    found = run_today(
        book, shared.day(config), config, days=days, ics=ics, speak=shared.console.language,
        show=shared.show_values, password=shared.password,
    )  # fmt: skip
    if shared.output == "json":
        from tracker.cli.jsonout import write

        write(_document(found))
    else:
        from tracker.cli.agendatext import show

        show(found, shared.console)
    return shared.verdict(shared.narrowed(found.report))


def _document(found: Today) -> dict[str, Any]:
    from tracker.cli.jsonout import FORMAT

    agenda = found.agenda
    counts: dict[str, int] = {}
    for item in agenda.items:
        counts[item.kind] = counts.get(item.kind, 0) + 1
    return {
        "format": FORMAT, "command": "today", "path": str(found.path),
        "as_of": agenda.as_of.isoformat(), "counts": counts, "left_out": dict(agenda.left_out),
        "days": [
            {"day": d.day.isoformat(),
             "stops": [{"institution": s.institution, "items": [_item(i) for i in s.items]}
                       for s in d.stops]}
            for d in agenda.days
        ],
        "customers": {who: asdict(b) for who, b in agenda.briefs.items()},
        "excluded_rows": dict(agenda.excluded),
        "calendar": None if found.calendar is None else
            {"path": str(found.calendar), "entries": found.entries, "written": found.written},
    }  # fmt: skip


def _item(item: Item) -> dict[str, Any]:
    from tracker.summary.agenda.item import clock

    return {
        "kind": item.kind, "day": item.day.isoformat(), "late_days": item.late,
        "start": clock(item.start) or None, "end": clock(item.end) or None, "id": item.row_id,
        "module": item.module, "row": item.row, "customers": list(item.who), "name": item.name,
        "tier": item.tier, "department": item.department, "method": item.method, "what": item.what,
    }  # fmt: skip
