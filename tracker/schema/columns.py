"""One entry of `columns` into the model: type, owner, pick-list, reference, limits."""

from __future__ import annotations

import re
from datetime import date
from typing import Any

from tracker.schema.model import TYPES, Column, Pick, Ref
from tracker.schema.yamlfile import (
    Mistake,
    Where,
    items,
    mapping,
    number,
    one_of,
    text,
    texts,
)

LANGS = ("zh", "en")
_KEYS = frozenset({
    "name", "zh", "type", "owner", "need", "pack", "picks", "many", "ref", "aliases", "width",
    "format", "help", "class", "min", "max", "max_length", "patterns", "pattern_code", "range_code",
    "type_code", "alias_code", "number_code", "range_into", "default", "folded", "alert_above",
    "earliest", "phrases", "memory", "leap_code", "lunar_if",
})  # fmt: skip
_REF_KEYS = frozenset({
    "to", "many", "also", "also_labels_if", "only_ids_if", "blank_if", "or_text",
})  # fmt: skip
CODES = ("pattern_code", "range_code", "type_code", "alias_code", "number_code", "leap_code")


def column_of(data: object, where: Where) -> Column:
    """The column at a place. Mistake where a key, a type or a value is wrong."""
    c = mapping(data, where, _KEYS, ("name", "zh", "type"))
    for key in ("name", "zh", *(k for k in CODES if k in c)):
        text(c[key], (*where, key))
    owner: Any = one_of(c, "owner", ("input", "id", "computed"), where)
    need: Any = one_of(c, "need", ("optional", "recommended", "required"), where)
    return Column(
        name=c["name"], zh=c["zh"], type=type_of(c, where), owner=owner, need=need,
        pack=c.get("pack", "core"), picks=picks_of(c, where), ref=_ref(c, where),
        many=c.get("many", False) or c["type"] == "multi", aliases=texts(c, "aliases", where),
        width=number(c, "width", where) or 12, format=c.get("format"),
        help=mapping(c.get("help", {}), (*where, "help"), LANGS),
        data_class=one_of(c, "class", ("public", "personal", "sensitive"), where),
        minimum=number(c, "min", where), maximum=number(c, "max", where),
        max_length=c.get("max_length"), patterns=_patterns(c, where),
        pattern_code=c.get("pattern_code"), range_code=c.get("range_code", "GEN002"),
        type_code=c.get("type_code", "GEN002"), alias_code=c.get("alias_code"),
        number_code=c.get("number_code"), leap_code=c.get("leap_code"), lunar_if=_condition(c, "lunar_if", where),
        range_into=c.get("range_into"),
        default=c.get("default"), folded=c.get("folded", False),
        alert_above=number(c, "alert_above", where), earliest=_day(c, where),
        phrases=_phrases(c, where), memory=_memory(c, where),
    )  # fmt: skip


def type_of(data: dict[str, Any], where: Where) -> str:
    """The type of a column or a setting; a Mistake where there is no such type."""
    if data["type"] not in TYPES:
        known = ", ".join(sorted(TYPES))
        raise Mistake(
            (*where, "type"),
            f"不认识的类型“{data['type']}”（可用：{known}）",
            f'unknown type "{data["type"]}" (known: {known})',
        )
    return str(data["type"])


def _phrases(c: dict[str, Any], where: Where) -> dict[str, dict[str, str]]:
    """The sentences of a column of remarks, in both languages."""
    at = (*where, "phrases")
    given = mapping(c.get("phrases", {}), at, c.get("phrases", {}))
    return {str(code): mapping(said, (*at, code), LANGS, LANGS) for code, said in given.items()}


def _memory(c: dict[str, Any], where: Where) -> bool:
    if c.get("memory") and (c["type"] != "pick" or c.get("owner") == "id"):
        raise Mistake(
            (*where, "memory"),
            "只有 pick 列可以有“memory”",
            'only a pick column may have "memory"',
        )
    return bool(c.get("memory", False))


def _patterns(c: dict[str, Any], where: Where) -> tuple[str, ...]:
    patterns = texts(c, "patterns", where)
    for i, pattern in enumerate(patterns):
        try:
            re.compile(pattern)
        except re.error as e:
            at = (*where, "patterns", i)
            raise Mistake(at, f"正则表达式有误：{e}", f"not a regular expression: {e}") from e
    if patterns and "pattern_code" not in c:
        raise Mistake(
            (*where, "patterns"),
            "有“patterns”就须有“pattern_code”",
            '"patterns" needs a "pattern_code"',
        )
    return patterns


def _day(c: dict[str, Any], where: Where) -> date | None:
    value = c.get("earliest")
    try:
        return value if isinstance(value, date) or value is None else date.fromisoformat(value)
    except (TypeError, ValueError) as e:
        raise Mistake(
            (*where, "earliest"), "应是日期，如 1990-01-01", "a date such as 1990-01-01"
        ) from e


def picks_of(data: dict[str, Any], where: Where) -> tuple[Pick, ...]:
    """The pick-list of a column or a setting; a pick column without one is a Mistake."""
    found: list[Pick] = []
    for rank, (item, at) in enumerate(items(data, "picks", where)):
        p = mapping(item, at, ("code", "zh", "en", "aliases", "tone"), ("code", "zh", "en"))
        code, zh, en = (text(p[key], (*at, key)) for key in ("code", "zh", "en"))
        if any(code == other.code for other in found):
            raise Mistake((*at, "code"), f"代码“{code}”重复", f'the code "{code}" stands twice')
        found.append(Pick(code, zh, en, rank, texts(p, "aliases", at), p.get("tone", "")))
    if data.get("type") == "pick" and not found:
        raise Mistake((*where, "type"), "类型 pick 须有“picks”", 'type pick needs "picks"')
    return tuple(found)


def _ref(c: dict[str, Any], where: Where) -> Ref | None:
    if (c["type"] == "ref") != ("ref" in c):
        raise Mistake(
            (*where, "type"),
            "类型 ref 与键“ref”必须同时出现",
            'type ref and the key "ref" belong together',
        )
    if "ref" not in c:
        return None
    at = (*where, "ref")
    r = mapping(c["ref"], at, _REF_KEYS, ("to",))
    conditions = {k: _condition(r, k, at) for k in ("also_labels_if", "only_ids_if", "blank_if")}
    return Ref(
        to=r["to"], many=r.get("many", False), also=r.get("also"), or_text=r.get("or_text", False),
        **conditions,
    )  # fmt: skip


def _condition(r: dict[str, Any], key: str, where: Where) -> dict[str, tuple[str, ...]]:
    codes = r.get(key, {})
    if not isinstance(codes, dict):
        raise Mistake((*where, key), "这里应是键值对", "a mapping is expected here")
    return {field: texts(codes, field, (*where, key)) for field in codes}
