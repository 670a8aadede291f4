"""The loop of centrally kept rows, with LibreOffice as the rep's program."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import openpyxl

from tests.books import AS_OF, Hand, opened, refreshed_sample
from tests.office.test_edited import edit, pytestmark
from tracker.api.config import Config
from tracker.api.distribute import Order, distribute
from tracker.api.rollup import Request, rollup
from tracker.api.run import refresh
from tracker.xlsx import Workbook

__all__ = ["pytestmark"]
SHORT = Config(thresholds={"summary": {"blocks": ["key"]}})
FIELDS = ("subject_level", "customer", "department", "product", "period", "unit", "target")
LABELS = ("口径", "客户/机构", "科室", "产品", "周期", "单位", "销售目标")


def central(path: Path, rows: list[dict[str, Any]]) -> None:
    """Write a central file of targets for R001, as a planner would."""
    book = openpyxl.Workbook()
    sheet = book.active
    assert sheet is not None
    sheet.title = "销售目标与达成"
    sheet.append(["代表编号", *LABELS])
    for row in rows:
        sheet.append(["R001", *(row[f] for f in FIELDS)])
    book.save(path)


def test_sent_taken_in_disputed_chosen_in_libreoffice_and_rolled_up(tmp_path: Path) -> None:
    folder = tmp_path / "team"
    folder.mkdir()
    book, plan = folder / "book.xlsx", tmp_path / "计划.xlsx"
    book.write_bytes(refreshed_sample(size=0.1))
    frame = Hand(book.read_bytes()).frame("targets")
    frame = frame[frame["subject_level"] == "institution"]
    period = frame["period"].max()
    rows = frame[frame["period"] == period].head(2).to_dict("records")
    target, row = rows[0]["target"], int(frame.index[frame["period"] == period][0])
    rows.append({**rows[0], "period": "2031Q4", "target": 77})

    def round_trip(value: float) -> list[str]:
        rows[0]["target"] = value
        central(plan, rows)
        distribute(Order(plan, [folder], AS_OF))
        report = refresh(book, AS_OF, SHORT)
        return sorted(f.code for f in report.findings if f.code.startswith("DST"))

    assert round_trip(target) == ["DST806"]
    found = opened(book.read_bytes()).modules["targets"]
    assert list(found.loc[found["period"] == "2031Q4", "target"]) == [77]
    hand = Hand(book.read_bytes())
    hand.type("targets", "target", row, target + 10)
    book.write_bytes(hand.done())
    assert round_trip(target + 20) == ["DST805", "DST806"]
    assert Workbook.open(book).sheet("冲突").get("E6") == target + 10

    saved, _ = edit(book.read_bytes(), tmp_path, ["set", "冲突", "H6", "下发的"])
    book.write_bytes(saved)
    report = refresh(book, AS_OF, SHORT)
    assert not [f for f in report.findings if f.code.startswith("DST")]
    assert "冲突" not in Workbook.open(book).sheet_names
    assert Hand(book.read_bytes()).read("targets", "target", row) == target + 20
    result = rollup(Request([folder], AS_OF, tmp_path / "rollup.xlsx"))
    assert result.rows["targets"] == len(found)
