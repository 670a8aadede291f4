"""Reads the story's rows back the way the program reads cells: labels to codes, texts to tuples."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date
from typing import Any

import yaml

from tracker.resources import schema_dir
from tracker.sample import story

D = date(2026, 6, 30)
FREQUENCY = {"A": 6, "B": 3, "C": 1, "D": 0}
MATRIX = {  # (potential, support) -> tier, strategy: M-12
    ("H", "L"): ("B", "develop"),
    ("H", "M"): ("A", "develop"),
    ("H", "H"): ("A", "stable"),
    ("M", "L"): ("C", "develop"),
    ("M", "M"): ("B", "stable"),
    ("M", "H"): ("B", "stable"),
    ("L", "L"): ("D", "observe"),
    ("L", "M"): ("D", "observe"),
    ("L", "H"): ("C", "maintain"),
}
Record = dict[str, Any]


@dataclass(frozen=True)
class Told:
    """One story: rows as typed, and the same rows with codes, by module."""

    lang: str
    size: float
    typed: dict[str, list[Record]]
    coded: dict[str, list[Record]]

    def rows(self, module: str) -> list[Record]:
        return self.coded[module]

    def customers(self) -> dict[str, Record]:
        return {row["customer_name"]: row for row in self.coded["customers"]}

    def visits(self, status: str) -> list[Record]:
        return [row for row in self.coded["visits"] if row["visit_status"] == status]

    def full(self, count: int) -> int:
        return round(count * self.size)


def columns(module: str) -> dict[str, Record]:
    text = (schema_dir() / f"{module}.yaml").read_text("utf-8")
    return {c["name"]: c for c in yaml.load(text, yaml.CSafeLoader)["columns"]}


def tell(lang: str, size: float) -> Told:
    typed = story(lang, size=size)
    coded = {
        module: [_coded(row, columns_of, lang) for row in rows]
        for module, rows in typed.items()
        if module not in ("products", "institutions")
        for columns_of in [columns(module)]
    }
    return Told(lang, size, typed, coded)


def tier(customer: Record) -> str:
    by_level, _ = MATRIX[customer["potential_level"], customer["customer_support"]]
    return str(customer.get("tier_manual", by_level))


def _coded(row: Record, described: dict[str, Record], lang: str) -> Record:
    return {name: _value(value, described[name], lang) for name, value in row.items()}


def _value(value: Any, column: Record, lang: str) -> Any:
    codes = {pick[lang]: pick["code"] for pick in column.get("picks", ())}
    many = column["type"] == "multi" or column.get("many") or column.get("ref", {}).get("many")
    if many:
        return tuple(codes[part] if codes else part for part in value.split("、"))
    if column["type"] == "bool":
        return {"是": True, "否": False, "Yes": True, "No": False}[value]
    return codes[value] if codes else value
