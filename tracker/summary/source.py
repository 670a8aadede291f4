"""What every section of the Summary reads: tables of valid rows, words of codes, sheet names."""

from __future__ import annotations

import datetime as dt
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from functools import cached_property
from typing import TypeVar, cast

import pandas as pd

from tracker.book.phrases import spoken
from tracker.findings import Finding
from tracker.metrics.settings import Settings
from tracker.schema.model import Schema

_NONE: Mapping[str, str] = {}
Found = TypeVar("Found")


@dataclass(frozen=True)
class Source:
    """The facts of one workbook on one day.

    Attributes:
        frames: what was read, by module; index = Excel row (1-based).
        computed: the computed columns of each module on the same index; words are codes.
        findings: every fault, with its severity.
        valid: by module, whether a row has no error-level finding; a missing module has none.
        as_of: the day for which everything was computed.
        sheets: by module, the name its sheet has in this workbook; else the schema's.
        id_columns: by module, the column of its ids (1-based), by which links find their row.
        longest: how long every list may be, instead of the schema's limits.
    """

    frames: Mapping[str, pd.DataFrame]
    computed: Mapping[str, pd.DataFrame]
    findings: Sequence[Finding]
    valid: Mapping[str, pd.Series]
    as_of: dt.date
    schema: Schema
    settings: Settings
    lang: str
    sheets: Mapping[str, str] = field(default_factory=dict)
    id_columns: Mapping[str, int] = field(default_factory=dict)
    longest: int | None = None
    _once: dict[object, object] = field(default_factory=dict, compare=False, repr=False)

    def once(self, make: Callable[[Source], Found]) -> Found:
        """What a function makes of this workbook, made at the first call alone."""
        if make not in self._once:
            self._once[make] = make(self)
        return cast("Found", self._once[make])

    @cached_property
    def tables(self) -> dict[str, pd.DataFrame]:
        """Valid rows of each module with input and computed columns side by side."""
        return {module: self._joined(module) for module in self.frames}

    def _joined(self, module: str) -> pd.DataFrame:
        frame = self.frames[module]
        extra = self.computed.get(module)
        if extra is not None:
            frame = frame.join(extra[[c for c in extra if c not in frame]])
        return frame[self.validity(module)]

    def validity(self, module: str) -> pd.Series:
        """Whether each row of a module is without errors (bool, on the frame's index)."""
        index = self.frames[module].index
        valid = self.valid.get(module)
        return pd.Series(data=True, index=index) if valid is None else valid.astype(bool)

    def excluded(self, module: str) -> int:
        """How many rows of a module stay out of the aggregates."""
        return int((~self.validity(module)).sum()) if module in self.frames else 0

    def has(self, module: str, *columns: str) -> bool:
        """Whether the module is in the workbook with all these columns."""
        table = self.tables.get(module)
        return table is not None and all(c in table for c in columns)

    def limit(self, key: str, section: str = "summary") -> int:
        """How long a list of the Summary, or of another section of the thresholds, may be."""
        limits = self.schema.thresholds[section]
        assert isinstance(limits, Mapping)
        own = self.longest if section == "summary" else None
        return own or int(limits["limits"][key])

    def words(self, module: str, column: str) -> Mapping[str, str]:
        """The words of the codes of a pick column, in the workbook's language and their order."""
        found = self.schema.modules[module].by_name.get(column)
        return {p.code: p.label(self.lang) for p in found.picks} if found else _NONE

    def word(self, module: str, column: str, code: object) -> str | None:
        """The word of one code; a code without a word stands for itself."""
        return None if pd.isna(code) else self.words(module, column).get(str(code), str(code))  # type: ignore[call-overload]  # a cell is a scalar

    def remarks(self, module: str, column: str, value: object) -> str | None:
        """The text of a computed column of remarks; what it could not ask is left out."""
        phrases = self.schema.modules[module].by_name[column].phrases
        known = value if isinstance(value, tuple) else ()
        return spoken([r for r in known if r.code != "missing"], phrases, self.lang)

    def tier(self, code: object) -> dict[str, object]:
        """The word of a tier as `tier`, and the class that colours its cell as `tier_tone`."""
        tone = None if pd.isna(code) else f"t{code}"  # type: ignore[call-overload]  # a cell is a scalar
        return {"tier": self.word("customers", "tier", code), "tier_tone": tone}

    def rank(self, module: str, column: str) -> Mapping[str, int]:
        """The place of each code in its pick-list."""
        return {code: place for place, code in enumerate(self.words(module, column))}

    def sheet(self, module: str) -> str:
        """The name of a module's sheet, for links."""
        return self.sheets.get(module) or self.schema.modules[module].sheet[self.lang]

    def link(self, module: str, row: int) -> dict[str, object]:
        """Where a row stands, for a link: `sheet`, `row`, its `id` and the `column` of the ids."""
        column = self.id_columns.get(module)
        key = self.schema.modules[module].id_field
        known = column is not None and key in self.frames[module]
        found = self.frames[module].loc[row, key] if known else None
        return {"sheet": self.sheet(module), "row": row, "id": text(found, 250), "column": column}

    def customer_link(self, who: str) -> dict[str, object] | None:
        """A link to the row of a customer, by id; None where there is no such row."""
        row = self._rows_of_customers.get(who)
        return None if row is None else self.link("customers", row)

    @cached_property
    def _rows_of_customers(self) -> dict[str, int]:
        frame = self.frames.get("customers")
        if frame is None or "customer_id" not in frame:
            return {}
        return {str(key): int(row) for row, key in frame["customer_id"].items()}  # type: ignore[call-overload]  # rows are numbers

    @cached_property
    def people(self) -> dict[str, dict[str, str]]:
        """Every customer by id, faulty rows included: `name`, `institution`."""
        frame = self.frames.get("customers")
        if frame is None:
            return {}
        names = frame["customer_name"] if "customer_name" in frame else frame["customer_id"]
        places = text_column(frame, "institution")
        rows = zip(frame["customer_id"], names, places, strict=True)
        return {
            str(key): {"name": text(name), "institution": text(place)} for key, name, place in rows
        }


def text_column(frame: pd.DataFrame, column: str) -> pd.Series:
    """A column, or a blank one where the workbook has it not."""
    return frame[column] if column in frame else pd.Series(None, index=frame.index, dtype=object)


def text(value: object, longest: int = 60) -> str:
    """A cell's text on one line, cut with an ellipsis; blank for nothing."""
    if value is None or value != value:  # NaN and NaT are unequal to themselves
        return ""
    plain = " ".join(str(value).split())
    return plain if len(plain) <= longest else plain[: longest - 1] + "…"


def number(value: object) -> float | None:
    """A cell's number as a plain float; None where it is blank."""
    return None if pd.isna(value) else float(value)  # type: ignore[call-overload,arg-type]  # a cell is a scalar


def day(value: object) -> dt.date | None:
    """A cell's date; None where it is blank."""
    return None if pd.isna(value) else pd.Timestamp(value).date()  # type: ignore[call-overload,arg-type]  # a cell is a scalar
