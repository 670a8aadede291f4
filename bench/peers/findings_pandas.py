"""The straightforward script: pandas reads the sheet, a pandera schema checks it."""

from __future__ import annotations

import warnings
from collections.abc import Callable
from typing import Any

import pandas as pd
import pandera.pandas as pa
from pandera.pandas import Check, Column, DataFrameSchema

from bench.peers.findings_told import Said, Sheet, answer, told


def read(sheet: Sheet, name: str) -> pd.DataFrame:
    frame = pd.read_excel(sheet.path, sheet_name=name, header=sheet.header - 1, dtype=object)
    return frame.rename(columns=sheet.labels).dropna(how="all")


def days(values: pd.Series) -> pd.Series:
    return pd.to_datetime(values, errors="coerce", format="mixed")


def times(values: pd.Series) -> pd.Series:
    return pd.to_datetime(values.astype(str), errors="coerce", format="%H:%M")


def numbers(values: pd.Series) -> pd.Series:
    return pd.to_numeric(values, errors="coerce")


def holds(formula: str, sheet: Sheet) -> Callable[[pd.DataFrame], pd.Series]:
    def check(frame: pd.DataFrame) -> pd.Series:
        typed = frame.copy()
        for labels, parse in (
            (sheet.rules.dates, days),
            (sheet.rules.times, times),
            (sheet.rules.numbers, numbers),
        ):
            for label in labels:
                typed[label] = parse(frame[label])
        for label in sheet.rules.dates:
            typed[label] = typed[label].dt.date
        rows: Any = typed.astype(object).where(typed.notna(), None).to_dict("records")
        return pd.Series([eval(formula, {"str": str}, row) for row in rows], frame.index)

    return check


def schema(sheet: Sheet, known: list[str]) -> DataFrameSchema:
    rules, last = sheet.rules, pd.Timestamp(sheet.day)
    checks: dict[str, list[Check]] = {label: [] for label in sheet.labels.values()}
    for labels, parse in ((rules.dates, days), (rules.times, times), (rules.numbers, numbers)):
        for label in labels:
            checks[label].append(Check(lambda s, parse=parse: parse(s).notna(), name="type"))
    for label in rules.past:
        checks[label].append(Check(lambda s: ~(days(s) > last), name="past"))
    for label, (least, most) in rules.numbers.items():
        if least is not None:
            checks[label].append(Check(lambda s, least=least: ~(numbers(s) < least), name="least"))
        if most is not None:
            checks[label].append(Check(lambda s, most=most: ~(numbers(s) > most), name="most"))
    for label, values in rules.picks.items():
        checks[label].append(Check.isin(values))
    for label, pattern in rules.patterns.items():
        checks[label].append(Check(lambda s, p=pattern: s.astype(str).str.match(p), name="pattern"))
    if rules.customer:
        checks[rules.customer].append(Check.isin(known))
    wide = [
        Check(holds(formula, sheet), name=f"rule {label}") for label, formula in sheet.formulas()
    ]
    columns = {
        label: Column(object, c, nullable=label not in rules.required)
        for label, c in checks.items()
    }
    return DataFrameSchema(
        columns, checks=wide, unique=list(rules.unique) or None, report_duplicates="exclude_first"
    )


def said(case: Any, header: int) -> Said:
    row = None if pd.isna(case.index) else int(case.index) + header + 1
    if str(case.check).startswith("rule "):
        return Said(row=row, seen=row, label=str(case.check)[5:], text=str(case.check))
    one = case.schema_context == "Column"
    return Said(row=row, seen=row, label=str(case.column) if one else None, text=str(case.check))


def main() -> None:
    warnings.simplefilter("ignore")
    sheet = told()
    frame, people = read(sheet, sheet.rules.sheet), read(sheet, sheet.customers)
    known = list(people["客户姓名"].dropna()) if sheet.rules.customer else []
    found: list[Said] = []
    try:
        schema(sheet, known).validate(frame, lazy=True)
    except pa.errors.SchemaErrors as e:
        found = [said(case, sheet.header) for case in e.failure_cases.itertuples()]
    answer(found, "pandas", "pandera")


main()
