"""YAML files into the schema model; a mistake is reported with file and line."""

from __future__ import annotations

import hashlib
import re
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import replace
from functools import lru_cache
from pathlib import Path
from typing import Any, NamedTuple

from tracker.errors import SchemaError
from tracker.opc.derived import recall, remember
from tracker.resources import schema_dir
from tracker.schema.columns import CODES, LANGS, column_of, picks_of, type_of
from tracker.schema.model import CodeText, Column, Lookup, Module, Schema, Setting
from tracker.schema.rules import known_field, linked, rule_of
from tracker.schema.yamlfile import (
    Document,
    Mistake,
    Where,
    blaming,
    flag,
    items,
    mapping,
    number,
    one_of,
    read,
    text,
    texts,
)

_SUPPORT = ("workbook.yaml", "thresholds.yaml", "findings.yaml", "variants.yaml")
_MODULE_KEYS = frozenset({
    "module", "sheet", "sheet_aliases", "table", "id", "natural_key", "label", "qualifier",
    "columns", "rules", "values",
})  # fmt: skip
_SHEETS = ("summary", "findings", "conflicts", "lists", "state")
_KINDS = ("list", "settings", "picks")
_SEVERITIES = ("error", "warning", "info")


def load(folder: Path | None = None) -> Schema:
    """The schema in a folder of YAML files, by default the shipped one.

    Files that a folder of one's own does not have (workbook, thresholds, findings, variants) are
    taken from the shipped ones. Raises SchemaError with file and line for what is wrong.
    """
    folder = folder or schema_dir()
    files = {p.name: p for p in sorted(folder.glob("*.yaml"))}
    return _loaded(folder, tuple((p, _stamp(p)) for p in files.values()))


def _stamp(file: Path) -> tuple[int, int]:
    found = file.stat()
    return found.st_mtime_ns, found.st_size


@lru_cache(maxsize=8)
def _loaded(folder: Path, stamped: tuple[tuple[Path, tuple[int, int]], ...]) -> Schema:
    """The schema of files as they stood at a moment; many workbooks of one run have the same."""
    kind = f"schema-{hashlib.sha256(str(folder).encode('utf-8', 'replace')).hexdigest()[:12]}"
    known = recall(kind, stamped)
    if isinstance(known, Schema):
        return known
    made = _made(folder, {p.name: p for p, _ in stamped})
    remember(kind, made, stamped)
    return made


def _made(folder: Path, files: Mapping[str, Path]) -> Schema:
    book, thresholds, codes, variants = (read(files.get(n, schema_dir() / n)) for n in _SUPPORT)
    documents = [read(p) for n, p in files.items() if n not in _SUPPORT]
    if not documents:
        raise SchemaError(
            path=folder, line=1, zh="没有模块的 YAML 文件", en="no module's YAML file"
        )
    with blaming(book):
        frame = _book(book.data)
    with blaming(codes):
        known = _codes(codes.data)
    modules = _modules(documents, frame, known)
    return Schema(
        version=frame.version,
        modules=modules,
        lookups={look.name: look for look in frame.lookups},
        sheets=frame.sheets,
        codes=known,
        thresholds=_plain_mapping(thresholds),
        variants=_plain_mapping(variants),
    )


class _Book(NamedTuple):
    version: str
    order: Mapping[str, int]
    sheets: Mapping[str, Mapping[str, str]]
    lookups: list[Lookup]


def _plain_mapping(document: Document) -> dict[str, Any]:
    with blaming(document):
        data = document.data or {}
        return mapping(data, (), data)


def _modules(
    documents: Iterable[Document], book: _Book, codes: Mapping[str, CodeText]
) -> dict[str, Module]:
    """Modules in the order of a new workbook, their links to each other checked."""
    read_so_far: dict[str, tuple[Module, Document]] = {}
    for document in documents:
        with blaming(document):
            module = _module(document.data)
            _check_unique(module, [m for m, _ in read_so_far.values()])
        read_so_far[module.name] = module, document
    targets = {*read_so_far, *(look.name for look in book.lookups)}
    for module, document in read_so_far.values():
        with blaming(document):
            _check_links(module, targets, codes)
    known = {name: module for name, (module, _) in read_so_far.items()}
    order = sorted(read_so_far, key=lambda n: (book.order.get(n, len(book.order)), n))
    return {name: _with_rules(*read_so_far[name], known) for name in order}


def _with_rules(module: Module, document: Document, modules: Mapping[str, Module]) -> Module:
    """A module whose rules have been held against the other modules that they look at."""
    with blaming(document):
        rules = [linked(r, ("rules", i), module, modules) for i, r in enumerate(module.rules)]
    return replace(module, rules=tuple(rules))


def _check_unique(module: Module, others: Iterable[Module]) -> None:
    for other in others:
        for key, mine, theirs in (
            ("module", module.name, other.name),
            ("table", module.table, other.table),
            ("id", module.id_letter, other.id_letter),
        ):
            if mine == theirs:
                raise Mistake(
                    (key,),
                    f"“{mine}”已用于模块“{other.name}”",
                    f'"{mine}" is taken by the module "{other.name}"',
                )


def _check_links(module: Module, targets: set[str], codes: Mapping[str, CodeText]) -> None:
    """Codes and tables that a module names must exist."""
    for i, c in enumerate(module.columns):
        if c.ref is not None and c.ref.to not in targets:
            raise Mistake(
                ("columns", i, "ref"), f"没有“{c.ref.to}”这张表", f'there is no table "{c.ref.to}"'
            )
        for key in CODES:
            _known_code(getattr(c, key), codes, ("columns", i, key))
    for i, rule in enumerate(module.rules):
        _known_code(rule.code, codes, ("rules", i, "code"))
        for n, code in enumerate(rule.unless):
            _known_code(code, codes, ("rules", i, "unless", n))


def _known_code(code: str | None, codes: Mapping[str, CodeText], where: Where) -> None:
    if code is not None and code not in codes:
        raise Mistake(
            where,
            f"findings.yaml 中没有“{code}”",
            f'findings.yaml has no "{code}"',
        )


def _module(data: object) -> Module:
    m = mapping(data, (), _MODULE_KEYS, ("module", "sheet", "table", "id", "columns"))
    ident = mapping(m["id"], ("id",), ("field", "letter"), ("field", "letter"))
    if not re.fullmatch("[A-Z]", str(ident["letter"])):
        raise Mistake(("id", "letter"), "应是一个大写字母", "one capital letter is expected")
    columns = tuple(column_of(c, at) for c, at in items(m, "columns", ()))
    names, values = _names(columns), texts(m, "values", ())
    known_field(ident["field"], names, ("id", "field"))
    for name, at in items(m, "natural_key", ()):
        known_field(name, names, at)
    for key in ("label", "qualifier"):
        if key in m:
            known_field(m[key], names, (key,))
    return Module(
        name=text(m["module"], ("module",)), sheet=_both(m["sheet"], ("sheet",)),
        columns=columns, table=text(m["table"], ("table",)),
        id_field=ident["field"], id_letter=ident["letter"],
        natural_key=texts(m, "natural_key", ()), label_field=m.get("label"),
        qualifier_field=m.get("qualifier"), sheet_aliases=texts(m, "sheet_aliases", ()),
        rules=tuple(rule_of(r, at, [*names, *values]) for r, at in items(m, "rules", ())),
        values=values,
    )  # fmt: skip


def _names(columns: Iterable[Column]) -> list[str]:
    """Field names; Mistake where one stands twice or is pointed at and missing."""
    columns = list(columns)
    names = [c.name for c in columns]
    for i, name in enumerate(names):
        if name in names[:i]:
            raise Mistake(
                ("columns", i, "name"), f"列“{name}”重复", f'column "{name}" stands twice'
            )
    for i, column in enumerate(columns):
        if column.range_into is not None:
            known_field(column.range_into, names, ("columns", i, "range_into"))
        for other in column.lunar_if:
            known_field(other, names, ("columns", i, "lunar_if", other))
    return names


def _both(data: object, where: Where) -> dict[str, str]:
    """A text in both languages."""
    both = mapping(data, where, LANGS, LANGS)
    return {lang: text(both[lang], (*where, lang)) for lang in LANGS}


def _book(data: object) -> _Book:
    """What workbook.yaml says besides the modules."""
    keys = ("version", "order", "sheets", "lookups")
    b = mapping(data, (), keys, ("version", "sheets", "lookups"))
    named = mapping(b["sheets"], ("sheets",), _SHEETS, _SHEETS)
    order = {name: i for i, name in enumerate(texts(b, "order", ()))}
    lookups = [_lookup(x, at) for x, at in items(b, "lookups", ())]
    sheets = {key: _both(names, ("sheets", key)) for key, names in named.items()}
    return _Book(str(b["version"]), order, sheets, lookups)


def _lookup(data: object, where: Where) -> Lookup:
    keys = (
        "name", "kind", "sheet", "sheet_aliases", "columns", "rows", "key", "match", "owner",
        "owner_name",
    )  # fmt: skip
    look = mapping(data, where, keys, ("name", "kind", "sheet"))
    if look["kind"] not in _KINDS:
        one_of(look, "kind", _KINDS, where)
    columns = tuple(column_of(c, at) for c, at in items(look, "columns", where))
    match, names = texts(look, "match", where), _names(columns)
    for i, name in enumerate(match):
        known_field(name, names, (*where, "match", i))
    if look["kind"] == "list":
        known_field(look.get("key"), names, (*where, "key"))
    rows = tuple(_setting(r, at) for r, at in items(look, "rows", where))
    for key in ("owner", "owner_name"):
        if key in look and look[key] not in {s.key for s in rows}:
            said = f"没有“{look[key]}”这一项设置", f'there is no setting "{look[key]}"'
            raise Mistake((*where, key), *said)
    return Lookup(
        name=look["name"], kind=look["kind"], sheet=_both(look["sheet"], (*where, "sheet")),
        sheet_aliases=texts(look, "sheet_aliases", where), columns=columns,
        key=look.get("key", ""), match=match,
        rows=rows, owner=look.get("owner", ""), owner_name=look.get("owner_name", ""),
    )  # fmt: skip


def _setting(data: object, where: Where) -> Setting:
    keys = (
        "key",
        "zh",
        "en",
        "type",
        "picks",
        "aliases",
        "default",
        "help",
        "min",
        "max",
        "strict",
    )
    s = mapping(data, where, keys, ("key", "zh", "en"))
    return Setting(
        key=s["key"], zh=s["zh"], en=s["en"], type=type_of(s, where) if "type" in s else "text",
        default=str(s.get("default", "")),
        picks=picks_of(s, where), aliases=texts(s, "aliases", where), help=s.get("help", {}),
        strict=texts(s, "strict", where), minimum=number(s, "min", where),
        maximum=number(s, "max", where),
    )  # fmt: skip


def _codes(data: object) -> dict[str, CodeText]:
    if not isinstance(data, dict):
        raise Mistake((), "这里应是键值对", "a mapping is expected here")
    return dict(_code_texts(data))


_WITH = ("message_with", "hint_with")


def _by_fact(data: object, where: Where) -> dict[str, dict[str, str]]:
    """Texts in both languages by the fact that they are about."""
    if not isinstance(data, dict):
        raise Mistake(where, "这里应是键值对", "a mapping is expected here")
    return {fact: _both(both, (*where, fact)) for fact, both in data.items()}


def _code_texts(data: dict[str, Any]) -> Iterator[tuple[str, CodeText]]:
    keys = ("severity", "scope", "message", "hint", "why")
    for code, entry in data.items():
        e = mapping(entry, (code,), (*keys, *_WITH, "fixable"), keys)
        said = {key: _both(e[key], (code, key)) for key in ("message", "hint", "why")}
        told = {key: _by_fact(e.get(key, {}), (code, key)) for key in _WITH}
        yield code, CodeText(
            code=code, severity=one_of(e, "severity", _SEVERITIES, (code,)), scope=str(e["scope"]),
            message_with=told["message_with"], hint_with=told["hint_with"],
            fixable=flag(e, "fixable", (code,)), **said,
        )  # fmt: skip
