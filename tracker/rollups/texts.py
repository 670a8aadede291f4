"""The words of a rollup's own columns and sheets."""

from __future__ import annotations

from collections.abc import Mapping

from tracker.rollups.model import Words

SOURCES: Words = {"zh": "来源", "en": "Sources"}
SHARED: Words = {"zh": "共有", "en": "Shared"}
SHARED_HEAD: Mapping[str, Words] = {
    "sheet": {"zh": "表", "en": "Sheet"},
    "what": {"zh": "对象", "en": "What"},
    "header": {"zh": "字段", "en": "Field"},
    "agree": {"zh": "是否一致", "en": "Agree"},
    "rep": {"zh": "代表", "en": "Rep"},
    "value": {"zh": "值", "en": "Value"},
    "file": {"zh": "文件", "en": "File"},
    "source_row": {"zh": "行", "en": "Row"},
}
AGREE: Mapping[bool, Words] = {
    True: {"zh": "一致", "en": "yes"},
    False: {"zh": "不一致", "en": "no"},
}
MAYBE: Words = {"zh": "相似，待确认", "en": "alike, to be confirmed"}
NEAR: Words = {"zh": "名称相近（{score}）", "en": "alike ({score})"}
PROVENANCE: Mapping[str, Words] = {
    "rep": {"zh": "代表", "en": "Rep"},
    "rep_name": {"zh": "代表姓名", "en": "Rep name"},
    "source_file": {"zh": "来源文件", "en": "Source file"},
    "source_sheet": {"zh": "来源工作表", "en": "Source sheet"},
    "source_row": {"zh": "来源行", "en": "Source row"},
}
LINK: Words = {"zh": "打开", "en": "Open"}
STATES: Mapping[str, Words] = {
    "read": {"zh": "已计入", "en": "read"},
    "partial": {"zh": "已计入，有说明", "en": "read, see remark"},
    "copy": {"zh": "副本，未计入", "en": "copy, left out"},
    "skipped": {"zh": "未计入", "en": "skipped"},
    "missing": {"zh": "缺少", "en": "missing"},
}
SOURCE_HEAD: Mapping[str, Words] = {
    "file": {"zh": "文件", "en": "File"},
    "state": {"zh": "状态", "en": "State"},
    "rep": {"zh": "代表", "en": "Rep"},
    "rep_name": {"zh": "代表姓名", "en": "Rep name"},
    "remark": {"zh": "说明", "en": "Remark"},
    "rows": {"zh": "记录", "en": "Rows"},
    "errors": {"zh": "错误", "en": "Errors"},
    "warnings": {"zh": "警告", "en": "Warnings"},
    "refreshed": {"zh": "上次刷新", "en": "Last refresh"},
    "revision": {"zh": "修订", "en": "Revision"},
    "workbook": {"zh": "工作簿编号", "en": "Workbook id"},
    "digest": {"zh": "SHA-256", "en": "SHA-256"},
}
FINDING_HEAD: Mapping[str, Words] = {
    "severity": {"zh": "级别", "en": "Severity"},
    "rep": {"zh": "代表", "en": "Rep"},
    "file": {"zh": "文件", "en": "File"},
    "sheet": {"zh": "表", "en": "Sheet"},
    "cell": {"zh": "单元格", "en": "Cell"},
    "header": {"zh": "列", "en": "Column"},
    "value": {"zh": "当前值", "en": "Value"},
    "problem": {"zh": "问题", "en": "Problem"},
    "hint": {"zh": "怎么改", "en": "What to do"},
    "code": {"zh": "代码", "en": "Code"},
}
SEVERITIES: Mapping[str, Words] = {
    "error": {"zh": "错误", "en": "Error"},
    "warning": {"zh": "警告", "en": "Warning"},
    "info": {"zh": "提示", "en": "Note"},
}
UNMASKED: Words = {
    "zh": "未屏蔽的个人信息字段：{fields}",
    "en": "Personal fields that are not masked: {fields}",
}
MASKED: Words = {"zh": "个人信息已屏蔽", "en": "Personal fields are masked"}
MORE: Words = {
    "zh": "共 {n} 行，这里列出最要紧的 {shown} 行",
    "en": "{n} lines; these are the {shown} that matter most",
}
ELSEWHERE: Words = {
    "zh": "共 {n} 行，超过一张工作表的上限；明细在 parquet 文件中",
    "en": "{n} rows, more than a sheet holds; they are in the parquet files",
}
