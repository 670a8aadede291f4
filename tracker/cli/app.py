"""The command group, what all commands share, and how failures end."""

from __future__ import annotations

import os
import sys
import traceback
from collections.abc import Sequence

import click

from tracker.cli.bugs import bug, tell
from tracker.cli.output import Console, lose_output, say_error
from tracker.errors import TrackerError

COMMANDS = {
    "new": "tracker.cli.new",
    "check": "tracker.cli.books",
    "refresh": "tracker.cli.books",
    "fix": "tracker.cli.fix",
    "today": "tracker.cli.today",
    "report": "tracker.cli.report",
    "template": "tracker.cli.template",
    "rollup": "tracker.cli.rollup",
    "export": "tracker.cli.export",
    "history": "tracker.cli.history",
    "undo": "tracker.cli.history",
    "restore": "tracker.cli.history",
    "schema": "tracker.cli.about",
    "explain": "tracker.cli.explain",
    "doctor": "tracker.cli.about",
}


class _Lazy(click.Group):
    """Commands by name, each imported when it is asked for."""

    def list_commands(self, ctx: click.Context) -> list[str]:  # noqa: ARG002 - click asks so
        return list(COMMANDS)

    def get_command(self, ctx: click.Context, name: str) -> click.Command | None:  # noqa: ARG002 - click asks so
        if name not in COMMANDS:
            return None
        from importlib import import_module

        command = getattr(import_module(COMMANDS[name]), name)
        assert isinstance(command, click.Command)
        return command


@click.group(cls=_Lazy, context_settings={"help_option_names": ["-h", "--help"]})
@click.version_option(package_name="tracker", prog_name="tracker")
def app() -> None:
    """The spreadsheet as a database: check and enrich a sales tracking table in place.

    \b
    tracker new book.xlsx --sample      make a workbook with an invented year in it
    tracker refresh book.xlsx           check it, compute, write back into the same file
    tracker fix book.xlsx               put right what can be, after showing it
    """  # noqa: D301 - click wants the character itself


def run(arguments: Sequence[str]) -> int:
    """Run a command line; returns its exit code. Nothing is raised."""
    console = Console.of_process()
    try:
        code = app.main(args=list(arguments), prog_name="tracker", standalone_mode=False)
        return code if isinstance(code, int) else 0
    except click.exceptions.NoArgsIsHelpError as e:
        console.print(e.ctx.get_help())
        return 2
    except click.ClickException as e:
        e.show(file=sys.stderr)
        return 2
    except (click.Abort, KeyboardInterrupt):
        say_error(
            "已中断。文件没有变化，除非上面说已写入。",
            "interrupted; the file is unchanged unless said above",
            console,
        )
        return 2
    except BrokenPipeError:
        sys.stdout = open(os.devnull, "w", encoding="utf-8")  # noqa: PTH123, SIM115 - nobody reads on
        return 2
    except TrackerError as e:
        return tell(e, console)
    except Exception as e:  # noqa: BLE001 - the last resort: a report instead of a traceback
        if isinstance(e, OSError) and _while_printing(e):
            lose_output(e)
            return 1
        return bug(console)


def _while_printing(error: OSError) -> bool:
    """Whether click failed to print a help text or the version."""
    return traceback.extract_tb(error.__traceback__)[-1].name == click.echo.__name__
