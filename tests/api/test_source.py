"""What a workbook's own settings say about its Summary."""

from __future__ import annotations

import shutil
from pathlib import Path

import pytest

from tests.books import AS_OF, new_sample, opened
from tracker.api.book import Book
from tracker.api.config import Config
from tracker.api.source import choice_of, rep_of, source_of, title_of
from tracker.resources import schema_dir
from tracker.xlsx import Workbook


@pytest.fixture(scope="module")
def small() -> bytes:
    return new_sample("zh", 0.05)


def with_setting(data: bytes, key: str, value: object) -> bytes:
    book = Workbook(data)
    sheet = book.sheet("设置")
    row = next(r for r in range(1, 30) if sheet.get(f"A{r}") == key)
    sheet.set(f"B{row}", value)  # type: ignore[arg-type]  # texts and numbers
    return book.to_bytes()


def test_the_sheet_of_settings_says_which_blocks_in_which_order(small: bytes) -> None:
    session = opened(with_setting(small, "汇总版块", "销售趋势、quality，天气")).session
    assert choice_of(session).blocks == ("trends", "quality")
    assert choice_of(session).unknown == ("天气",)


def test_without_a_word_the_usual_blocks_stand_there(small: bytes) -> None:
    session = opened(small).session
    assert choice_of(session).blocks[0] == "key"
    assert rep_of(session) == "林可欣"


@pytest.mark.parametrize(("typed", "longest"), [(3, 3), ("many", 12), (None, 12)])
def test_the_length_of_lists_may_be_set(small: bytes, typed: object, longest: int) -> None:
    session = opened(with_setting(small, "汇总行数", typed)).session
    assert source_of(session, session.analyse(AS_OF), []).limit("trends") == longest


def test_links_know_the_column_of_the_ids(small: bytes) -> None:
    session = opened(small).session
    source = source_of(session, session.analyse(AS_OF), [])
    row = int(session.frames["visits"].index[0])
    found = source.link("visits", row)
    assert (found["sheet"], found["row"], found["column"]) == (
        "拜访记录与计划",
        row,
        session.places["visits"].columns["visit_id"],
    )
    assert found["id"] == session.frames["visits"].loc[row, "visit_id"]


def test_the_schema_says_which_settings_tell_whose_a_workbook_is(
    small: bytes, tmp_path: Path
) -> None:
    for path in schema_dir().glob("*.yaml"):
        shutil.copy(path, tmp_path)
    text = (tmp_path / "workbook.yaml").read_text("utf-8")
    renamed = text.replace("rep_code", "seller").replace("rep_name", "who")
    (tmp_path / "workbook.yaml").write_text(renamed, "utf-8")
    ids = set()
    for code in ("R001", "R9"):
        data = with_setting(small, "代表编号", code)
        session = Book(Path("book.xlsx"), data, schema=tmp_path, config=Config()).session
        assert (session.ctx.owner, rep_of(session)) == (code, "林可欣")
        ids.add(session.workbook_id)
    assert len(ids) == 2


def test_what_heads_the_summary_is_a_text_of_the_template(small: bytes, tmp_path: Path) -> None:
    own = "title: {zh: 本队汇总, en: Ours}\n"
    (tmp_path / "summary.texts.yaml").write_text(own, "utf-8")
    session = opened(small).session
    assert title_of(session, "zh") == "销售跟踪汇总"
    session.config = Config(templates=tmp_path)
    assert (title_of(session, "zh"), title_of(session, "en")) == ("本队汇总", "Ours")
