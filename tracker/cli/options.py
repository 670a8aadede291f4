"""Options that several commands share."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from datetime import date, datetime
from pathlib import Path
from typing import TYPE_CHECKING, Any

import click

from tracker.cli.output import Console
from tracker.cli.password import Passwords
from tracker.cli.streams import wants_colour

if TYPE_CHECKING:
    from tracker.api.answers import Question
    from tracker.api.config import Config
    from tracker.api.report import Report

PATH = click.Path(path_type=Path)
FORMAT = click.option(
    "--format", "output", type=click.Choice(["text", "json"]), default="text", show_default=True,
    help="How results are printed.",
)  # fmt: skip
_PASSWORD_FILE = click.Path(path_type=Path, exists=True, dir_okay=False, allow_dash=True)


_YEARS = range(1990, 2101)


class Day(click.ParamType):  # type: ignore[type-arg]  # generic only in newer click
    """A day as YYYY-MM-DD, in a year that a workbook may be of."""

    name = "YYYY-MM-DD"

    def convert(self, value: Any, param: Any, ctx: Any) -> date:
        """The date, or a usage error."""
        if isinstance(value, date):
            return value
        try:
            day = datetime.strptime(value, "%Y-%m-%d").date()  # noqa: DTZ007 - a day has no zone
        except ValueError:
            self.fail(f"{value!r} 不是日期 / is no day, such as 2026-06-30", param, ctx)
        if day.year not in _YEARS:
            span = f"{_YEARS[0]}–{_YEARS[-1]}"
            self.fail(f"{value!r} 不在 {span} 年内 / is not in the years {span}", param, ctx)
        return day


@dataclass(frozen=True)
class Common:
    """The shared options of a run over workbooks."""

    as_of: date | None
    output: str
    show_values: bool
    strict: bool
    select: tuple[str, ...]
    ignore: tuple[str, ...]
    console: Console
    password: Passwords

    def config(self, book: Path) -> Config:
        """The configuration that holds for a workbook."""
        from tracker.api import config as configs

        config = configs.load(configs.find(book))
        if self.select or self.ignore:
            self._refuse_unknown(config)
        return config

    def _refuse_unknown(self, config: Config) -> None:
        """ConfigError where --select or --ignore names what no code begins with."""
        from tracker.api.book import schema_for
        from tracker.api.config import unknown_codes
        from tracker.errors import ConfigError

        schema = schema_for(config)
        for option, codes in (("--select", self.select), ("--ignore", self.ignore)):
            if wrong := unknown_codes(codes, schema):
                raise ConfigError(
                    path=option,
                    zh=f"没有这样的代码：{'、'.join(wrong)}（代码见 tracker explain）",
                    en=f"there is no such code: {', '.join(wrong)} (see tracker explain)",
                )

    def wants(self, code: str) -> bool:
        """Whether findings of a code are asked for."""
        from tracker.checks.catalogue import Grading

        return Grading(select=frozenset(self.select), ignore=frozenset(self.ignore)).wants(code)

    def narrowed(self, report: Report) -> Report:
        """The report with the codes asked for; what is computed and written knows all of them."""
        from dataclasses import replace

        return replace(report, findings=tuple(f for f in report.findings if self.wants(f.code)))

    def verdict(self, report: Report) -> int:
        """The exit code of a narrowed report: 1 where it has errors, or warnings under --strict."""
        bad = report.count("error") + (report.count("warning") if self.strict else 0)
        return 1 if bad else 0

    def day(self, config: Config) -> date:
        """The as-of day: as given, else today in the configured zone."""
        from tracker.api.run import today

        return self.as_of or today(config)


def _codes(_ctx: Any, _param: Any, values: tuple[str, ...]) -> tuple[str, ...]:
    return tuple(c.strip().upper() for v in values for c in v.split(",") if c.strip())


def speaking(command: Callable[..., Any]) -> Callable[..., Any]:
    """The options of every command: language, colour, quiet, verbose."""
    for option in (
        click.option("--lang", type=click.Choice(["zh", "en"]), help="Language of what is printed."),
        click.option("--color", type=click.Choice(["auto", "always", "never"]), default="auto",
                     show_default=True, help="Colour the output."),
        click.option("-q", "--quiet", is_flag=True, help="One line a finding, no hints."),
        click.option("-v", "--verbose", is_flag=True, help="List every finding, notes too."),
    ):  # fmt: skip
        command = option(command)
    return command


def checking(formats: tuple[str, ...] = ("text", "json")) -> Callable[..., Any]:
    """The options of commands that check workbooks."""

    def decorate(command: Callable[..., Any]) -> Callable[..., Any]:
        for option in (
            click.option("--as-of", type=Day(), help="Compute for this day (default: today)."),
            click.option("--format", "output", type=click.Choice(formats), default="text",
                         show_default=True, help="How results are printed."),
            click.option("--show-values", is_flag=True, help="Print values of personal fields too."),
            click.option("--select", multiple=True, callback=_codes, metavar="CODES",
                         help="Only these codes (VIS, GEN003,...)."),
            click.option("--ignore", multiple=True, callback=_codes, metavar="CODES", help="Leave these codes out."),
            click.option("--strict", is_flag=True, help="Warnings count as errors for the exit code."),
            click.option("--password-file", type=_PASSWORD_FILE, metavar="FILE",
                         help="Password of encrypted workbooks: the file's first line (- is standard input)."),
        ):  # fmt: skip
            command = option(command)
        return speaking(command)

    return decorate


IGNORE_OWNER = click.option(
    "--ignore-owner-file", is_flag=True,
    help="Go on although an owner file says that the workbook is open.",
)  # fmt: skip
_BREAK_SIGNATURE = click.option(
    "--break-signature", is_flag=True,
    help="Write although that breaks a digital signature of the workbook.",
)  # fmt: skip


def writing(command: Callable[..., Any]) -> Callable[..., Any]:
    """The options of commands that write into a workbook: what they may go on in spite of."""
    return IGNORE_OWNER(_BREAK_SIGNATURE(command))


@dataclass
class Line:
    """The command line under way: what it prints to, and as what its answer may be kept."""

    console: Console
    question: Question | None


def common(options: dict[str, Any]) -> Common:
    """Take the shared options out of a command's."""
    console = console_of(options)
    keys = ("as_of", "output", "show_values", "strict", "select", "ignore")
    password = Passwords(options.pop("password_file"), console)
    return Common(**{k: options.pop(k) for k in keys}, console=console, password=password)


def console_of(options: dict[str, Any]) -> Console:
    """Take language, colour and loudness out of a command's options, into the run's console."""
    context = click.get_current_context(silent=True)
    line = context and context.find_object(Line)
    console = line.console if line else Console.of_process()
    console.lang = options.pop("lang") or console.lang
    console.colour = wants_colour(options.pop("color"))
    console.quiet, console.verbose = options.pop("quiet"), options.pop("verbose")
    return console
