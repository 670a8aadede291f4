"""How many of a kind a workbook may hold; no honest one of several thousand came near."""

from __future__ import annotations

import re

from tracker.errors import UnsuitableFileError

_MOST = {
    b"sheet": (300, "工作表", "sheets"),
    b"definedName": (10_000, "定义的名称", "defined names"),
    b"xf": (70_000, "单元格格式", "cell formats"),
    b"mergeCell": (100_000, "合并区域", "merged areas"),
}


def refuse_many(path: str, data: bytes, *kinds: bytes, start: int = 0) -> None:
    """UnsuitableFileError where a part holds more elements of a kind than a workbook may."""
    for kind in kinds:
        most, zh, en = _MOST[kind]
        count = sum(1 for _ in re.finditer(rb"[<:]%b[\s/>]" % kind, data[start:]))
        if count > most:
            raise UnsuitableFileError(
                path=path,
                zh=f"{zh}有 {count} 个，超过上限 {most}，不予打开；请在 Excel 中删去多余的再试",
                en=f"it has {count} {en}, more than the limit of {most}; "
                "remove those that are not needed in Excel and try again",
            )
