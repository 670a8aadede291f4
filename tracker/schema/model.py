"""The table and column model that everything else is derived from: plain frozen values."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from dataclasses import field as having
from datetime import date
from functools import cached_property
from types import MappingProxyType
from typing import Literal

Owner = Literal["input", "id", "computed"]
Need = Literal["required", "recommended", "optional"]
TYPES = frozenset(
    {"text", "date", "time", "int", "num", "bool", "pick", "multi", "ref", "period", "monthday"}
)
LONG_TEXT = 20
AUTO = MappingProxyType({"zh": "（自动）", "en": " (auto)"})


@dataclass(frozen=True, slots=True)
class Pick:
    """One value of a pick-list.

    `rank` is its 0-based place, `aliases` other spellings that are read, `tone` ("good", "warn",
    "bad" or "") how a conditional format shows it.
    """

    code: str
    zh: str
    en: str
    rank: int
    aliases: tuple[str, ...] = ()
    tone: str = ""

    def label(self, lang: str) -> str:
        """What the cell shows in a workbook of that language."""
        return self.zh if lang == "zh" else self.en


@dataclass(frozen=True, slots=True)
class Ref:
    """A reference to rows of another table.

    `to` names a module or a lookup sheet. `also` names a column of that module whose distinct
    values may be referred to as well, except where `only_ids_if` (field -> codes) holds; so may the
    names of the rows for which `also_labels_if` holds. Where `blank_if` holds the cell stays blank.
    With `or_text` an unknown value is plain text, not a fault.
    """

    to: str
    many: bool = False
    also: str | None = None
    also_labels_if: Mapping[str, tuple[str, ...]] = having(default_factory=dict)
    only_ids_if: Mapping[str, tuple[str, ...]] = having(default_factory=dict)
    blank_if: Mapping[str, tuple[str, ...]] = having(default_factory=dict)
    or_text: bool = False


@dataclass(frozen=True, slots=True)
class Column:
    """One column of a table, described once.

    `need` is what every row must have; `pack` says which optional set a column belongs to.
    Codes: `type_code` for a value that cannot be read, `range_code` outside minimum..maximum,
    `pattern_code` where no pattern fits, `alias_code` where another spelling was normalised,
    `number_code` where a text was stored as a number, `leap_code` where a leap month of the lunar
    calendar was taken for the ordinary one. `lunar_if` (field -> codes) says in which rows a date is
    one of that calendar, whose second month may have 30 days. `range_into` names the column that takes the
    second half of "9:30-10:00". A number over `alert_above` is shown as bad. `width` is in
    characters, `data_class` public, personal or sensitive, `default` the code that a blank stands
    for, `earliest` the first day that is believed. `phrases` (code -> language -> text with {facts})
    words a computed column of remarks. With `memory` the workbook remembers what a pick was before.
    """

    name: str
    zh: str
    type: str
    owner: Owner = "input"
    need: Need = "optional"
    pack: str = "core"
    picks: tuple[Pick, ...] = ()
    many: bool = False
    ref: Ref | None = None
    aliases: tuple[str, ...] = ()
    width: float = 12
    format: str | None = None
    help: Mapping[str, str] = having(default_factory=dict)
    data_class: str = "public"
    minimum: float | None = None
    maximum: float | None = None
    max_length: int | None = None
    patterns: tuple[str, ...] = ()
    pattern_code: str | None = None
    range_code: str = "GEN002"
    type_code: str = "GEN002"
    alias_code: str | None = None
    number_code: str | None = None
    leap_code: str | None = None
    lunar_if: Mapping[str, tuple[str, ...]] = having(default_factory=dict)
    range_into: str | None = None
    default: str | None = None
    folded: bool = False
    alert_above: float | None = None
    earliest: date | None = None
    phrases: Mapping[str, Mapping[str, str]] = having(default_factory=dict)
    memory: bool = False

    @property
    def long_text(self) -> bool:
        """Whether line breaks inside are normal: free text in a wide column."""
        return self.type == "text" and self.width >= LONG_TEXT

    def label(self, lang: str) -> str:
        """The header of this column in a new workbook of that language."""
        words = self.zh if lang == "zh" else self.name.replace("_", " ").capitalize()
        return words + AUTO[lang] if self.owner == "computed" else words


@dataclass(frozen=True, slots=True)
class Rule:
    """A rule over the cells of a row, the rows of a sheet, or those of several, as data.

    `check` names a kind that `tracker.checks` knows; `args` are that kind's settings. `when` is
    what has to hold in the row, `given` what the workbook's settings have to say (key -> codes).
    `unless` names codes that silence it in a row, `once` fields in which rows agree that are told
    once. `say` is what a message of several cases tells of this one, by language. A `late` rule looks
    at computed columns and is run after them.
    """

    code: str
    check: str
    field: str
    severity: str = ""
    when: Mapping[str, object] = having(default_factory=dict)
    args: Mapping[str, object] = having(default_factory=dict)
    given: Mapping[str, tuple[str, ...]] = having(default_factory=dict)
    unless: tuple[str, ...] = ()
    once: tuple[str, ...] = ()
    say: Mapping[str, str] = having(default_factory=dict)
    late: bool = False


@dataclass(frozen=True)
class Module:
    """One table: a sheet, its columns in the order of a new workbook, its keys and rules.

    `values` names what is computed for rules alone and has no column.
    """

    name: str
    sheet: Mapping[str, str]
    columns: tuple[Column, ...]
    table: str
    id_field: str
    id_letter: str
    natural_key: tuple[str, ...] = ()
    label_field: str | None = None
    qualifier_field: str | None = None
    sheet_aliases: tuple[str, ...] = ()
    rules: tuple[Rule, ...] = ()
    values: tuple[str, ...] = ()

    @cached_property
    def by_name(self) -> Mapping[str, Column]:
        """Columns by field name."""
        return {c.name: c for c in self.columns}

    def owned(self, owner: Owner) -> Iterator[Column]:
        """Columns of one owner, in order."""
        return (c for c in self.columns if c.owner == owner)


@dataclass(frozen=True, slots=True)
class Setting:
    """One line of the settings sheet: a key, its labels, its value where nobody set one.

    A number (type int, num) lies within minimum..maximum, a pick is one of `picks`. `strict` names
    the codes from the laxest to the strictest where a setting has such an order.
    """

    key: str
    zh: str
    en: str
    type: str = "text"
    default: str = ""
    picks: tuple[Pick, ...] = ()
    aliases: tuple[str, ...] = ()
    help: Mapping[str, str] = having(default_factory=dict)
    strict: tuple[str, ...] = ()
    minimum: float | None = None
    maximum: float | None = None

    def label(self, lang: str) -> str:
        """How the line is called in a workbook of that language."""
        return self.zh if lang == "zh" else self.en


def bounds(minimum: float | None, maximum: float | None) -> str:
    """The limits of a number, for a message; "" where there are none."""
    low = "" if minimum is None else f"{minimum:g}"
    high = "" if maximum is None else f"{maximum:g}"
    return f"{low}–{high}" if low and high else f"≥ {low}" if low else f"≤ {high}" if high else ""


@dataclass(frozen=True, slots=True)
class Lookup:
    """A support sheet that people edit: a list others refer to, or settings by key.

    `kind` is "list" (rows with a header), "settings" (key, value) or "picks" (the pick-lists).
    `owner` and `owner_name` are the keys of the settings that say whose a workbook is.
    """

    name: str
    kind: str
    sheet: Mapping[str, str]
    sheet_aliases: tuple[str, ...] = ()
    columns: tuple[Column, ...] = ()
    key: str = ""
    match: tuple[str, ...] = ()
    rows: tuple[Setting, ...] = ()
    owner: str = ""
    owner_name: str = ""


@dataclass(frozen=True, slots=True)
class CodeText:
    """What a finding code means: message, hint and reason by language, the default severity.

    `message_with` and `hint_with` give, by the name of a fact (for hints also `fixable`, `fix`), what is said
    instead of a finding that carries it.
    `fixable` says that the value which a finding proposes may be put into the cell.
    """

    code: str
    severity: str
    scope: str
    message: Mapping[str, str]
    hint: Mapping[str, str]
    why: Mapping[str, str]
    message_with: Mapping[str, Mapping[str, str]] = having(default_factory=dict)
    hint_with: Mapping[str, Mapping[str, str]] = having(default_factory=dict)
    fixable: bool = False

    def said(self, what: Literal["message", "hint", "why"], lang: str) -> str:
        """One of its texts with an ellipsis for every fact that a finding would name."""
        text: Mapping[str, str] = getattr(self, what)
        return text[lang].format_map(_Ellipsis())


class _Ellipsis(dict[str, str]):
    """Whatever a text names."""

    def __missing__(self, key: str) -> str:
        return "…"


@dataclass(frozen=True)
class Schema:
    """Everything the YAML files say: modules, support and generated sheets, codes, thresholds."""

    version: str
    modules: Mapping[str, Module]
    lookups: Mapping[str, Lookup]
    sheets: Mapping[str, Mapping[str, str]]
    codes: Mapping[str, CodeText]
    thresholds: Mapping[str, object]
    variants: Mapping[str, str] = having(default_factory=dict)

    @property
    def packs(self) -> tuple[str, ...]:
        """The sets of optional columns, in the order in which the modules name them."""
        named = dict.fromkeys(c.pack for m in self.modules.values() for c in m.columns)
        return tuple(p for p in named if p != "core")

    @property
    def owner_keys(self) -> tuple[str, str]:
        """Keys of the settings that say whose a workbook is: the code, the name; "" for none."""
        found = (look for look in self.lookups.values() if look.kind == "settings")
        look = next(found, None)
        return (look.owner, look.owner_name) if look else ("", "")

    def sheet_title(self, key: str, lang: str) -> str:
        """Name of a generated or hidden sheet ("summary", "findings", ...) in that language."""
        return self.sheets[key][lang]
