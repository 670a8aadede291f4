"""The commands: where each lies and what the page of commands says of it. Imports nothing."""

from __future__ import annotations

ABOUT = """The spreadsheet as a database: check and enrich a sales tracking table in
place.

\b
tracker new book.xlsx --sample      make a workbook with an invented year in it
tracker refresh book.xlsx           check it, compute, write back into the same file
tracker fix book.xlsx               put right what can be, after showing it
"""

COMMANDS = {
    "new": ("tracker.cli.new", "Make a new workbook."),
    "check": ("tracker.cli.books", "Check workbooks; nothing is written."),
    "refresh": (
        "tracker.cli.books",
        "Check workbooks, compute, and write back into the same files.",
    ),
    "fix": ("tracker.cli.fix", "Put right what findings propose: stray spaces, dates and..."),
    "today": (
        "tracker.cli.today",
        "What is due: visits, promises, issues, dates, in the order...",
    ),
    "report": (
        "tracker.cli.report",
        "The Summary as one page that stands alone: for a browser, a...",
    ),
    "template": (
        "tracker.cli.template",
        "The templates of the Summary, the report and the customer's...",
    ),
    "rollup": (
        "tracker.cli.rollup",
        "Make one table of a team's workbooks, every row with where...",
    ),
    "distribute": (
        "tracker.cli.distribute",
        "Send centrally kept rows (targets, products, aliases) down...",
    ),
    "export": (
        "tracker.cli.export",
        "Write the rows of a rollup for other programs, as values...",
    ),
    "history": (
        "tracker.cli.history",
        "What was done to a workbook, newest first, and which...",
    ),
    "undo": (
        "tracker.cli.history",
        "Bring back the bytes from before the last change; again,...",
    ),
    "restore": ("tracker.cli.history", "Bring back the exact bytes of an earlier version."),
    "schema": ("tracker.cli.about", "The data dictionary: modules, or the columns of one."),
    "explain": (
        "tracker.cli.explain",
        "What a finding means, why it matters, how to put it right,...",
    ),
    "doctor": (
        "tracker.cli.about",
        "Versions, the configuration found, which optional parts are...",
    ),
}

_PAGE = """Usage: tracker [OPTIONS] COMMAND [ARGS]...

{about}
Options:
  --version   Show the version and exit.
  -h, --help  Show this message and exit.

Commands:
{commands}"""


def page() -> str:
    """`tracker --help` in 80 columns, as click writes it."""
    about = "".join(
        f"  {line}\n" if line else "\n" for line in ABOUT.replace("\b\n", "").split("\n")
    )
    width = max(map(len, COMMANDS)) + 2
    commands = (f"  {name:{width}}{said}\n" for name, (_, said) in COMMANDS.items())
    return _PAGE.format(about=about.rstrip("\n") + "\n", commands="".join(commands))
