"""The same by frictionless: a table schema with constraints, row constraints for what spans columns."""

from __future__ import annotations

from typing import Any

import openpyxl
from frictionless import Checklist, Dialect, Field, Schema, checks, fields
from frictionless.formats import ExcelControl
from frictionless.resources import TableResource

from bench.peers.findings_told import Said, Sheet, answer, told


def constraints(sheet: Sheet, label: str, known: list[str]) -> dict[str, Any]:
    rules = sheet.rules
    least, most = rules.numbers.get(label, (None, None))
    values = known if label == rules.customer else rules.picks.get(label)
    made = {
        "required": label in rules.required or None, "enum": list(values) if values else None,
        "pattern": rules.patterns.get(label), "minimum": least,
        "maximum": sheet.day.isoformat() if label in rules.past else most,
    }  # fmt: skip
    return {name: value for name, value in made.items() if value is not None}


def field(sheet: Sheet, label: str, known: list[str]) -> Field:
    rules, limits = sheet.rules, constraints(sheet, label, known)
    if label in rules.dates:
        return fields.DateField(name=label, constraints=limits)
    if label in rules.times:
        return fields.TimeField(name=label, format="%H:%M", constraints=limits)
    if label in rules.numbers:
        return fields.NumberField(name=label, constraints=limits)
    return (fields.StringField if limits else fields.AnyField)(name=label, constraints=limits)


def resource(sheet: Sheet, known: list[str]) -> TableResource:
    """By position, under the labels of the template."""
    rules, (folder, file) = sheet.rules, sheet.path.rsplit("/", 1)
    dialect = Dialect(
        header=False, comment_rows=list(range(1, sheet.header + 1)), skip_blank_rows=True,
        controls=[ExcelControl(sheet=rules.sheet)],
    )  # fmt: skip
    schema = Schema(
        fields=[field(sheet, label, known) for label in sheet.labels.values()],
        primary_key=list(rules.unique),
    )
    return TableResource(path=file, basepath=folder, dialect=dialect, schema=schema)


def customers(sheet: Sheet) -> list[str]:
    rows = openpyxl.load_workbook(sheet.path, data_only=True)[sheet.customers].iter_rows(
        min_row=sheet.header, values_only=True
    )
    head = [sheet.labels.get(str(text), text) for text in next(rows)]
    at = head.index("客户姓名")
    return [str(row[at]) for row in rows if row[at]]


def said(error: Any) -> Said:
    row, label = getattr(error, "row_number", None), getattr(error, "field_name", None)
    return Said(row=row, seen=row, label=label, text=error.type)


def main() -> None:
    sheet = told()
    wide = [checks.row_constraint(formula=formula) for _, formula in sheet.formulas()]
    report = resource(sheet, customers(sheet) if sheet.rules.customer else []).validate(
        Checklist(checks=wide)
    )
    answer([said(e) for task in report.tasks for e in task.errors], "frictionless")


main()
