"""The page of a rollup that lies in a file: made of the figures that it keeps, nothing computed anew."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date
from pathlib import Path

from tracker.api.book import schema_for
from tracker.api.config import Config
from tracker.api.output import PAGES, refuse_book, refuse_misnamed, write_own
from tracker.api.rolledup import kept_in
from tracker.api.team import team_page, team_word
from tracker.api.today import Speak
from tracker.errors import ConfigError, UnsuitableFileError
from tracker.opc.readbook import read_file
from tracker.summary.standalone import report_page
from tracker.xlsx import Workbook

_PAGE, _ZIP = b"<!doctype html>", b"PK"


@dataclass(frozen=True)
class TeamPage:
    """A page of a rollup that was written.

    Attributes:
        out: its file; `written` says whether that changed.
        as_of: the day of the rollup.
        errors, warnings: findings of the rollup's books.
    """

    out: Path
    written: bool
    as_of: date
    lang: str
    errors: int
    warnings: int


def team_report(
    path: Path, config: Config, *, out: Path, speak: Speak = str, schema: Path | None = None,
    as_of: date | None = None,
) -> TeamPage | None:  # fmt: skip
    """Write the Summary of a rollup as a page that stands alone; None where `path` is no rollup.

    What is masked in the rollup is masked here. The arguments and what is raised are those of
    `tracker.api.pages.report`, and ConfigError where another day is asked for than the rollup's:
    nothing is computed anew.
    """
    refuse_book(out, path)
    refuse_misnamed(out, PAGES)
    model, data = schema_for(config, schema), read_file(path)
    is_open = data.startswith(_ZIP)  # a workbook with a password is no rollup
    found = kept_in(Workbook(data, str(path)), model) if is_open else None
    if found is None:
        return None
    meta, figures = found
    day = _day(figures)
    if day is None:
        raise _without(path)
    lang = speak(meta.get("lang", "zh"))
    if as_of not in (None, day):
        raise _of_another_day(day)
    title = team_word("report", lang, config.templates)
    body = team_page(figures, model, lang, config.templates)
    context = {"lang": lang, "title": title, "rep": None, "as_of": day, "review": None,
               "changes": None, "ahead": None}  # fmt: skip
    html = report_page(context, body, config.templates)
    written = write_own(out, html.encode(), path, starts=_PAGE)
    faults = figures["key"]["faults"]
    return TeamPage(out, written, day, lang, int(faults["error"]), int(faults["warning"]))


def _day(figures: Mapping[str, object]) -> date | None:
    """The day that the figures are of; None where they are gone or damaged."""
    try:
        return date.fromisoformat(str(figures.get("as_of")))
    except ValueError:
        return None


def _of_another_day(day: date) -> ConfigError:
    return ConfigError(
        path="--as-of",
        zh=f"这个汇总是 {day} 的，不会按另一天重算；请用 tracker rollup --as-of 重新汇总，或去掉 --as-of",
        en=f"this rollup is of {day} and is not computed for another day; make it again with "
        "tracker rollup --as-of, or leave --as-of out",
    )


def _without(path: Path) -> UnsuitableFileError:
    return UnsuitableFileError(
        path=path,
        zh="这个汇总文件里的数字被改动或删去了；请用 tracker rollup 重新生成",
        en="the figures that this rollup keeps are gone or damaged; make it again with tracker rollup",
    )
