"""The same by django-import-export: a model with validators and clean(), its resource as a dry run."""

from __future__ import annotations

from typing import Any

import django
import openpyxl
import tablib
from django.conf import settings

from bench.peers.findings_told import Said, Sheet, answer, told

settings.configure(
    INSTALLED_APPS=["import_export"], USE_TZ=False, DEFAULT_AUTO_FIELD="django.db.models.AutoField",
    DATABASES={"default": {"ENGINE": "django.db.backends.sqlite3", "NAME": ":memory:"}},
)  # fmt: skip
django.setup()

from django.core import validators as v  # noqa: E402
from django.core.exceptions import NON_FIELD_ERRORS, ValidationError  # noqa: E402
from django.db import connection, models  # noqa: E402
from import_export import fields, resources, widgets  # noqa: E402


def column(sheet: Sheet, label: str, known: list[str]) -> Any:
    rules = sheet.rules
    free = {"null": True, "blank": label not in rules.required}
    if label in rules.dates:
        last = [v.MaxValueValidator(sheet.day)] if label in rules.past else []
        return models.DateField(validators=last, **free)
    if label in rules.times:
        return models.TimeField(**free)
    if label in rules.numbers:
        least, most = rules.numbers[label]
        limits = [] if least is None else [v.MinValueValidator(least)]
        limits += [] if most is None else [v.MaxValueValidator(most)]
        return models.FloatField(validators=limits, **free)
    values = known if label == rules.customer else rules.picks.get(label, ())
    pattern = [v.RegexValidator(rules.patterns[label])] if label in rules.patterns else []
    return models.CharField(
        max_length=2000, choices=[(x, x) for x in values] or None, validators=pattern, **free
    )


def model(sheet: Sheet, names: dict[str, str], known: list[str]) -> Any:
    def clean(self: Any) -> None:
        row = {label: getattr(self, name) for label, name in names.items()}
        row = {label: None if value == "" else value for label, value in row.items()}
        wrong = [
            label for label, formula in sheet.formulas() if not eval(formula, {"str": str}, row)
        ]
        if wrong:
            raise ValidationError({names[label]: "rule" for label in wrong})

    together = tuple(names[label] for label in sheet.rules.unique)
    meta = type(
        "Meta",
        (),
        {"app_label": "import_export", "unique_together": [together] if together else []},
    )
    body = {name: column(sheet, label, known) for label, name in names.items()}
    made = type(
        "Row", (models.Model,), {"__module__": __name__, "Meta": meta, "clean": clean, **body}
    )
    with connection.schema_editor() as editor:
        editor.create_model(made)
    return made


def resource(sheet: Sheet, names: dict[str, str], made: Any) -> Any:
    rules = sheet.rules
    kinds: dict[str, Any] = dict.fromkeys(rules.dates, widgets.DateWidget)
    kinds |= dict.fromkeys(rules.times, widgets.TimeWidget)
    kinds |= dict.fromkeys(rules.numbers, widgets.FloatWidget)
    body: dict[str, Any] = {
        name: fields.Field(
            attribute=name, column_name=label, widget=kinds.get(label, widgets.CharWidget)()
        )
        for label, name in names.items()
    }
    meta = {
        "model": made,
        "import_id_fields": [],
        "clean_model_instances": True,
        "use_transactions": True,
        "fields": list(body),
    }
    return type("Rows", (resources.ModelResource,), {**body, "Meta": type("Meta", (), meta)})()


def dataset(sheet: Sheet, name: str) -> tuple[tablib.Dataset, list[int]]:
    """As its own format reads it, blank lines ignored, from the header's row on; and the rows kept."""
    book = openpyxl.load_workbook(sheet.path, read_only=True, data_only=True)
    rows = book[name].iter_rows(min_row=sheet.header, values_only=True)
    made, kept = tablib.Dataset(), list[int]()
    made.headers = [sheet.labels.get(str(text), str(text)) for text in next(rows)]
    for number, row in enumerate(rows, sheet.header + 1):
        if any(value is not None for value in row):
            made.append(row)
            kept.append(number)
    return made, kept


def faults(result: Any) -> list[tuple[int, str, str]]:
    """The number of the row, the attribute (or "") and the text of each error."""
    found = [
        (bad.number, "" if name == NON_FIELD_ERRORS else name, str(texts))
        for bad in result.invalid_rows
        for name, texts in bad.error_dict.items()
    ]
    return found + [(n, "", str(e.error)) for n, errors in result.row_errors() for e in errors]


def main() -> None:
    sheet = told()
    data, kept = dataset(sheet, sheet.rules.sheet)
    people, _ = dataset(sheet, sheet.customers)
    names = {label: f"c{n}" for n, label in enumerate(sheet.labels.values())}
    known = [str(x) for x in people["客户姓名"] if x] if sheet.rules.customer else []
    rows = resource(sheet, names, model(sheet, names, known))
    result = rows.import_data(data, dry_run=True)
    labels = {name: label for label, name in names.items()}
    found = [
        Said(row=number + sheet.header, seen=kept[number - 1], label=labels.get(name), text=text)
        for number, name, text in faults(result)
    ]
    found += [Said(row=None, seen=None, label=None, text=str(e.error)) for e in result.base_errors]
    answer(found, "django-import-export", "Django", "tablib")


main()
