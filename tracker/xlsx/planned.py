"""What is planned to become of a workbook; nothing is carried out here."""

from __future__ import annotations

import re
from collections.abc import Callable
from pathlib import Path

from tracker.opc.readbook import read_book
from tracker.xlsx import docprops, graft
from tracker.xlsx.opened import BROKEN, OpenedBook, unsuitable
from tracker.xlsx.sheet import Sheet

_NAME = re.compile(r"(?!')[^\[\]:*?/\\\x00-\x1f]{1,31}(?<!')")


class PlannedBook(OpenedBook):
    """Parts, sheets and names of a workbook with a plan of changes.

    Attributes:
        planned_grafts: sheet name -> (donor or worksheet part, state).
        planned_names: defined name -> (text, whether hidden).
        planned_drops: sheets to remove.
        planned_properties: custom document property -> value, None to remove it.
        planned_last: a sheet that is made last, by `put_last`.
    """

    def __init__(self, data: bytes, path: str = "workbook") -> None:
        super().__init__(data, path)
        self._sheets: dict[str, Sheet] = {}
        self.planned_grafts: dict[str, tuple[graft.Donor | bytes, str]] = {}
        self.planned_names: dict[str, tuple[str, bool]] = {}
        self.planned_drops: list[str] = []
        self.planned_properties: dict[str, docprops.Property] = {}
        self.planned_last: tuple[str, Callable[[bool], bytes]] | None = None

    @property
    def sheet_names(self) -> list[str]:
        """Names of the worksheets and other sheets in the order of their tabs, plan included."""
        names = [s.name for s in self.entries if s.name not in self.planned_drops]
        return names + [n for n in self.planned_grafts if n not in names]

    def sheet(self, name: str) -> Sheet:
        """A worksheet by name. KeyError if there is none (a chart sheet is none)."""
        if name not in self._sheets:
            self._sheets[name] = Sheet(self, name, self.worksheets[name])
        return self._sheets[name]

    def let_go(self, sheet: Sheet) -> None:
        """Forget a sheet for which nothing is planned; it is read again when it is asked for."""
        if self._sheets.get(sheet.name) is sheet and sheet not in self.planned_sheets():
            del self._sheets[sheet.name]
            self.package.let_go(sheet.part)

    def planned_sheets(self) -> list[Sheet]:
        """Sheets with planned cells, tables, rules or notes that are not replaced as a whole."""
        whole = {*self.planned_grafts, *self.planned_drops}
        return [
            s
            for n, s in self._sheets.items()
            if (s.edits or s.growth or s.rules or s.noted) and n not in whole
        ]

    def set_name(self, name: str, text: str, *, hidden: bool = False) -> None:
        """Plan a workbook-wide defined name."""
        self.planned_names[name] = (text, hidden)

    def set_property(self, name: str, value: docprops.Property) -> None:
        """Plan a custom document property; None removes it. ValueError for a blank name."""
        if not name.strip():
            raise ValueError("a property has a name")
        self.planned_properties[name] = value

    def put_sheet(self, name: str, source: str | Path | bytes, *, hidden: bool = False) -> None:
        """Plan to graft the one sheet of an XlsxWriter-made workbook.

        A sheet of that name is replaced at its place. Raises UnsuitableFileError for a source
        that is no such workbook, ValueError for what cannot be a sheet's name.
        """
        data = source if isinstance(source, bytes) else read_book(Path(source))
        try:
            donor = graft.Donor(data)
        except BROKEN as e:
            raise unsuitable("source" if isinstance(source, bytes) else str(source), e) from e
        self._plan_sheet(name, donor, hidden=hidden)

    def put_plain(self, name: str, worksheet: bytes, *, hidden: bool = True) -> None:
        """Plan a sheet from the bytes of a worksheet part that needs no formats and no strings."""
        self._plan_sheet(name, worksheet, hidden=hidden)

    def _plan_sheet(self, name: str, source: graft.Donor | bytes, *, hidden: bool) -> None:
        same = next((s.name for s in self.entries if s.name.lower() == name.lower()), name)
        if not _NAME.fullmatch(same):
            raise ValueError(f"no name for a sheet: {name!r}")
        if same not in self.worksheets and any(s.name == same for s in self.entries):
            raise ValueError(f"{same!r} is no worksheet and cannot be replaced by one")
        if same in self.planned_drops:
            self.planned_drops.remove(same)
        self.planned_grafts[same] = (source, "hidden" if hidden else "visible")

    def put_last(self, name: str, make: Callable[[bool], bytes]) -> None:
        """As `put_plain`, for a sheet that tells whether the plan changes anything else.

        `make` is called once all else is done: with True where the workbook differs from what it
        was; else with False, and again with True if the sheet itself differs then.
        """
        self.planned_last = (name, make)

    def drop_sheet(self, name: str) -> None:
        """Plan to remove a sheet with the parts that only it uses.

        KeyError if there is none, ValueError if no visible sheet would be left.
        """
        if name not in self.sheet_names:
            raise KeyError(name)
        gone = {name, *self.planned_drops}
        states = {s.name: s.state for s in self.entries if s.name not in gone}
        states |= {n: states.get(n, s) for n, (_, s) in self.planned_grafts.items() if n != name}
        if "visible" not in states.values():
            raise ValueError(f"{name!r} is the last visible sheet")
        self.planned_grafts.pop(name, None)
        if any(s.name == name for s in self.entries):
            self.planned_drops.append(name)
