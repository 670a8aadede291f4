"""What a peer is told of a sheet, and how it answers: one JSON object on stdout."""

from __future__ import annotations

import json
import sys
from dataclasses import dataclass
from datetime import date
from importlib.metadata import version
from typing import TypedDict

from bench.peers.findings_rules import RULES, Rules


class Said(TypedDict):
    """One finding: the Excel row and the label of the column as far as the peer names them.

    `seen` is the row that it looked at, which no user is told.
    """

    row: int | None
    seen: int | None
    label: str | None
    text: str


@dataclass(frozen=True)
class Sheet:
    """The file, its rules, the Excel row of the header, and the labels its headers stand for."""

    path: str
    rules: Rules
    header: int
    labels: dict[str, str]
    day: date

    @property
    def customers(self) -> str:
        """The name of the sheet of customers."""
        return RULES["customers"].sheet

    def formulas(self) -> list[tuple[str, str]]:
        """The formulas with the day in them."""
        return [(label, said.format(day=self.day)) for label, said in self.rules.formulas]


def told() -> Sheet:
    """The sheet that the command line names."""
    path, module, header, labels, day = sys.argv[1:]
    return Sheet(path, RULES[module], int(header), json.loads(labels), date.fromisoformat(day))


def answer(found: list[Said], *packages: str) -> None:
    """Print what was found and with what."""
    versions = {p: version(p) for p in packages}
    print(json.dumps({"versions": versions, "findings": found}, ensure_ascii=False))
