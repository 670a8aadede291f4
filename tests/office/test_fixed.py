"""A real office program opens a workbook that was put right, and sees what was meant."""

from __future__ import annotations

from pathlib import Path

from tests.api.test_fix import fixable, fixed, soiled
from tests.books import AS_OF, opened, refreshed_sample
from tests.office.test_edited import edit, pytestmark

__all__ = ["pytestmark"]


def test_dates_numbers_and_texts_are_what_they_became(tmp_path: Path) -> None:
    after, cells = fixed(soiled(refreshed_sample(size=0.1))[0])
    mine = opened(after)
    again, _ = edit(after, tmp_path)
    theirs = opened(again)
    assert len(cells) == 13
    assert fixable(theirs) == set()
    for name, frame in mine.session.frames.items():
        for column in mine.schema.modules[name].owned("input"):
            if column.name in frame:
                told = frame[column.name].astype(str).tolist()
                assert theirs.session.frames[name][column.name].astype(str).tolist() == told
    assert {f.code for f in theirs.check(AS_OF)} == {f.code for f in mine.check(AS_OF)}
