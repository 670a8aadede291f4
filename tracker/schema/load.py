"""YAML files into the schema model; a mistake is reported with file and line."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from datetime import date
from pathlib import Path
from typing import Any

import yaml

from tracker.errors import SchemaError
from tracker.resources import schema_dir
from tracker.schema.model import (
    TYPES,
    CodeText,
    Column,
    Lookup,
    Module,
    Pick,
    Ref,
    Rule,
    Schema,
    Setting,
)

_Where = tuple[str | int, ...]
_LANGS = {"zh", "en"}
_SUPPORT = ("workbook.yaml", "thresholds.yaml", "findings.yaml", "variants.yaml")
_COLUMN_KEYS = {
    "name", "zh", "type", "owner", "need", "pack", "picks", "many", "ref", "aliases", "width",
    "format", "help", "class", "min", "max", "max_length", "patterns", "pattern_code", "range_code",
    "type_code", "alias_code", "number_code", "range_into", "default", "folded", "alert_above", "earliest",
}  # fmt: skip
_MODULE_KEYS = {
    "module", "sheet", "sheet_aliases", "table", "id", "natural_key", "label", "qualifier",
    "columns", "rules",
}  # fmt: skip


class _Mistake(Exception):
    def __init__(self, where: _Where, zh: str, en: str) -> None:
        super().__init__(en)
        self.where, self.zh, self.en = where, zh, en


def load(folder: Path | None = None) -> Schema:
    """The schema in a folder of YAML files, by default the shipped one.

    Files that a folder of one's own does not have (workbook, thresholds, findings, variants) are
    taken from the shipped ones. Raises SchemaError with file and line for what is wrong.
    """
    folder = folder or schema_dir()
    files = {p.name: p for p in sorted(folder.glob("*.yaml"))}
    modules = [_load(p, _module) for n, p in files.items() if n not in _SUPPORT]
    if not modules:
        raise SchemaError(
            path=folder, line=1, zh="没有模块的 YAML 文件", en="no module's YAML file"
        )
    book, thresholds, codes, variants = (
        files.get(n, schema_dir() / n) for n in _SUPPORT
    )  # fmt: skip
    version, order, sheets, lookups = _load(book, _book)
    modules.sort(key=lambda m: (order.get(m.name, len(order)), m.name))
    return Schema(
        version=version,
        modules={m.name: m for m in modules},
        lookups={look.name: look for look in lookups},
        sheets=sheets,
        codes=_load(codes, _codes),
        thresholds=_load(thresholds, lambda data: data),
        variants=_load(variants, lambda data: data or {}),
    )


def _load(path: Path, build: Any) -> Any:
    """Read one file and build its part of the model; mistakes get the file and the line."""
    text = path.read_text("utf-8")
    try:
        data = yaml.load(text, yaml.CSafeLoader)  # noqa: S506 - CSafeLoader is the safe one
    except yaml.YAMLError as e:
        mark = getattr(e, "problem_mark", None)
        line = mark.line + 1 if mark else 1
        raise SchemaError(path=path, line=line, zh=f"YAML 写法有误（{e.__class__.__name__}）", en=f"not YAML: {getattr(e, 'problem', e)}") from e  # fmt: skip
    try:
        return build(data)
    except _Mistake as e:
        raise SchemaError(path=path, line=_line(text, e.where), zh=e.zh, en=e.en) from e


def _line(text: str, where: _Where) -> int:
    """Line of the place in the document that a path of keys and indices leads to."""
    node = yaml.compose(text, yaml.CSafeLoader)
    line = node.start_mark.line if node else 0
    for step in where:
        if isinstance(node, yaml.MappingNode):
            pair = next((p for p in node.value if p[0].value == step), None)
            if pair is None:
                break
            line, node = pair[0].start_mark.line, pair[1]
        elif isinstance(node, yaml.SequenceNode) and isinstance(step, int):
            node = node.value[step]
            line = node.start_mark.line
        else:
            break
    return int(line) + 1


def _mapping(
    data: object, where: _Where, keys: set[str], need: Sequence[str] = ()
) -> dict[str, Any]:
    """The mapping at a place, its keys checked."""
    if not isinstance(data, dict):
        raise _Mistake(where, "这里应是键值对", "a mapping is expected here")
    for key in data:
        if key not in keys:
            raise _Mistake((*where, key), f"不认识的键“{key}”", f'unknown key "{key}"')
    for key in need:
        if key not in data:
            raise _Mistake(where, f"缺少键“{key}”", f'the key "{key}" is missing')
    return data


def _items(data: dict[str, Any], key: str, where: _Where) -> Iterator[tuple[Any, _Where]]:
    value = data.get(key) or []
    if not isinstance(value, list):
        raise _Mistake((*where, key), f"“{key}”应是列表", f'"{key}" must be a list')
    return ((item, (*where, key, i)) for i, item in enumerate(value))


def _texts(data: dict[str, Any], key: str, where: _Where) -> tuple[str, ...]:
    out = []
    for item, at in _items(data, key, where):
        if not isinstance(item, str):
            raise _Mistake(
                at, f"应是文字：{item!r}（请加引号）", f"text is expected, put quotes: {item!r}"
            )
        out.append(item)
    return tuple(out)


def _module(data: object) -> Module:
    m = _mapping(data, (), _MODULE_KEYS, ("module", "sheet", "table", "id", "columns"))
    ident = _mapping(m["id"], ("id",), {"field", "letter"}, ("field", "letter"))
    columns = tuple(_column(c, at) for c, at in _items(m, "columns", ()))
    names = [c.name for c in columns]
    for i, name in enumerate(names):
        if name in names[:i]:
            raise _Mistake(
                ("columns", i, "name"), f"列“{name}”重复", f'column "{name}" stands twice'
            )
    _known_field(ident["field"], names, ("id", "field"))
    for i, name in enumerate(m.get("natural_key", ())):
        _known_field(name, names, ("natural_key", i))
    rules = tuple(_rule(r, at, names) for r, at in _items(m, "rules", ()))
    return Module(
        name=m["module"], sheet=_mapping(m["sheet"], ("sheet",), _LANGS, ("zh", "en")),
        columns=columns, table=m["table"], id_field=ident["field"], id_letter=ident["letter"],
        natural_key=tuple(m.get("natural_key", ())), label_field=m.get("label"),
        qualifier_field=m.get("qualifier"), sheet_aliases=_texts(m, "sheet_aliases", ()),
        rules=rules,
    )  # fmt: skip


def _known_field(name: object, names: Sequence[str], where: _Where) -> None:
    if name not in names:
        raise _Mistake(where, f"没有“{name}”这一列", f'there is no column "{name}"')


def _column(data: object, where: _Where) -> Column:
    c = _mapping(data, where, _COLUMN_KEYS, ("name", "zh", "type"))
    if c["type"] not in TYPES:
        known = ", ".join(sorted(TYPES))
        raise _Mistake((*where, "type"), f"不认识的类型“{c['type']}”（可用：{known}）", f'unknown type "{c["type"]}" (known: {known})')  # fmt: skip
    for key, allowed in (("owner", ("input", "id", "computed")), ("need", ("required", "recommended", "optional")), ("class", ("public", "personal", "sensitive"))):  # fmt: skip
        if c.get(key, allowed[0]) not in allowed:
            said = ", ".join(allowed)
            raise _Mistake((*where, key), f"“{key}”只能是 {said}", f'"{key}" must be one of {said}')
    return Column(
        name=c["name"], zh=c["zh"], type=c["type"], owner=c.get("owner", "input"),
        need=c.get("need", "optional"), pack=c.get("pack", "core"), picks=_picks(c, where),
        many=c.get("many", False) or c["type"] == "multi", ref=_ref(c, where),
        aliases=_texts(c, "aliases", where), width=c.get("width", 12), format=c.get("format"),
        help=_mapping(c.get("help", {}), (*where, "help"), _LANGS),
        data_class=c.get("class", "public"), minimum=c.get("min"), maximum=c.get("max"),
        max_length=c.get("max_length"), patterns=_texts(c, "patterns", where),
        pattern_code=c.get("pattern_code"), range_code=c.get("range_code", "GEN002"),
        type_code=c.get("type_code", "GEN002"), alias_code=c.get("alias_code"),
        number_code=c.get("number_code"), range_into=c.get("range_into"),
        default=c.get("default"), folded=c.get("folded", False), alert_above=c.get("alert_above"), earliest=_day(c, where),
    )  # fmt: skip


def _day(c: dict[str, Any], where: _Where) -> date | None:
    value = c.get("earliest")
    try:
        return value if isinstance(value, date) or value is None else date.fromisoformat(value)
    except (TypeError, ValueError) as e:
        raise _Mistake(
            (*where, "earliest"), "应是日期，如 1990-01-01", "a date such as 1990-01-01"
        ) from e


def _picks(c: dict[str, Any], where: _Where) -> tuple[Pick, ...]:
    found = []
    for rank, (item, at) in enumerate(_items(c, "picks", where)):
        p = _mapping(item, at, {"code", "zh", "en", "aliases", "tone"}, ("code", "zh", "en"))
        for key in ("code", "zh", "en"):
            if not isinstance(p[key], str):
                raise _Mistake(
                    (*at, key), f"“{key}”应是文字，请加引号", f'"{key}" must be text; put quotes'
                )
        aliases = _texts(p, "aliases", at)
        found.append(Pick(p["code"], p["zh"], p["en"], rank, aliases, p.get("tone", "")))
    return tuple(found)


def _ref(c: dict[str, Any], where: _Where) -> Ref | None:
    if (c["type"] == "ref") != ("ref" in c):
        raise _Mistake((*where, "type"), "类型 ref 与键“ref”必须同时出现", 'type ref and the key "ref" belong together')  # fmt: skip
    if "ref" not in c:
        return None
    at = (*where, "ref")
    r = _mapping(
        c["ref"], at, {"to", "many", "also", "also_labels_if", "only_ids_if", "or_text"}, ("to",)
    )
    labels = {k: tuple(v) for k, v in r.get("also_labels_if", {}).items()}
    only = {k: tuple(v) for k, v in r.get("only_ids_if", {}).items()}
    return Ref(
        to=r["to"], many=r.get("many", False), also=r.get("also"), also_labels_if=labels,
        only_ids_if=only, or_text=r.get("or_text", False),
    )  # fmt: skip


def _rule(data: object, where: _Where, names: Sequence[str]) -> Rule:
    if not isinstance(data, dict):
        raise _Mistake(where, "这里应是键值对", "a mapping is expected here")
    for key in ("code", "check", "field"):
        if key not in data:
            raise _Mistake(where, f"规则缺少“{key}”", f'the rule lacks "{key}"')
    _known_field(data["field"], names, (*where, "field"))
    for name in data.get("when", {}):
        _known_field(name, names, (*where, "when", name))
    args = {
        k: v for k, v in data.items() if k not in {"code", "check", "field", "when", "severity"}
    }
    return Rule(data["code"], data["check"], data["field"], data.get("severity", ""), data.get("when", {}), args)  # fmt: skip


def _book(
    data: object,
) -> tuple[str, dict[str, int], Mapping[str, Mapping[str, str]], list[Lookup]]:
    """Version, place of each module, names of the generated sheets, support sheets."""
    keys = {"version", "order", "sheets", "lookups"}
    b = _mapping(data, (), keys, ("version", "sheets", "lookups"))
    for key, names in b["sheets"].items():
        _mapping(names, ("sheets", key), _LANGS, ("zh", "en"))
    order = {name: i for i, name in enumerate(b.get("order", ()))}
    lookups = [_lookup(x, at) for x, at in _items(b, "lookups", ())]
    return str(b["version"]), order, b["sheets"], lookups


def _lookup(data: object, where: _Where) -> Lookup:
    keys = {"name", "kind", "sheet", "sheet_aliases", "columns", "rows", "key", "match"}
    look = _mapping(data, where, keys, ("name", "kind", "sheet"))
    return Lookup(
        name=look["name"], kind=look["kind"],
        sheet=_mapping(look["sheet"], (*where, "sheet"), _LANGS, ("zh", "en")),
        sheet_aliases=_texts(look, "sheet_aliases", where),
        columns=tuple(_column(c, at) for c, at in _items(look, "columns", where)),
        key=look.get("key", ""), match=_texts(look, "match", where),
        rows=tuple(_setting(r, at) for r, at in _items(look, "rows", where)),
    )  # fmt: skip


def _setting(data: object, where: _Where) -> Setting:
    keys = {"key", "zh", "en", "type", "picks", "aliases", "default", "help", "min", "max"}
    s = _mapping(data, where, keys, ("key", "zh", "en"))
    return Setting(
        key=s["key"], zh=s["zh"], en=s["en"], default=str(s.get("default", "")),
        picks=_picks(s, where), aliases=_texts(s, "aliases", where), help=s.get("help", {}),
    )  # fmt: skip


def _codes(data: object) -> dict[str, CodeText]:
    if not isinstance(data, dict):
        raise _Mistake((), "这里应是键值对", "a mapping is expected here")
    found = {}
    for code, entry in data.items():
        keys = {"severity", "scope", "message", "hint", "why"}
        e = _mapping(entry, (code,), keys, ("severity", "scope", "message", "hint", "why"))
        for key in ("message", "hint", "why"):
            _mapping(e[key], (code, key), _LANGS, ("zh", "en"))
        found[code] = CodeText(code, **e)
    return found
