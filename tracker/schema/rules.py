"""One entry of `rules` into the model, its kind and the fields that it names checked."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import replace
from types import MappingProxyType
from typing import Any, NamedTuple

from tracker.schema.model import Module, Rule
from tracker.schema.yamlfile import Mistake, Where, items, mapping, one_of, text, texts

_COMMON = ("code", "check", "field", "when", "severity", "given", "unless", "once", "say")
LANGS = ("zh", "en")
AS_OF = "as_of"
"""Stands for the as-of day where a rule names another field."""
WORDS = ("filled", "blank", "ahead", "past", "complete", "running", "future")
"""What a condition may ask of a cell instead of naming codes: the middle two of a day, the last
three of a period, against the as-of day."""


class Kind(NamedTuple):
    """The settings of a kind of rule: those it needs, those it may have, which name fields.

    `other` is the setting that names another module, or the field that refers to one; fields and
    conditions under `theirs` are that module's.
    """

    need: tuple[str, ...] = ()
    may: tuple[str, ...] = ()
    fields: tuple[str, ...] = ()
    other: str = ""
    theirs: tuple[str, ...] = ()


KINDS: Mapping[str, Kind] = MappingProxyType({
    "required_if": Kind(may=("after", "days"), fields=("after",)),
    "forbidden_if": Kind(may=("fields",), fields=("fields",)),
    "order": Kind(need=("op", "other"), may=("days", "of"), fields=("other", "of")),
    "range": Kind(may=("min", "max", "exclusive_min", "of"), fields=("of",)),
    "same": Kind(need=("other",), fields=("other",)),
    "apart": Kind(need=("other", "by"), fields=("other",)),
    "not_self": Kind(),
    "within_period": Kind(need=("period",), fields=("period",)),
    "not_before_period": Kind(need=("period",), fields=("period",)),
    "workday": Kind(need=("calendar",)),
    "says": Kind(need=("patterns",), may=("fields",), fields=("fields",)),
    "vague": Kind(need=("least", "phrases", "signs")),
    "repeated": Kind(need=("least",)),
    "unique": Kind(need=("fields",), may=("flag", "each"), fields=("fields",)),
    "unshared": Kind(need=("fields", "pattern"), fields=("fields",)),
    "uniform": Kind(need=("fields",), may=("blanks",), fields=("fields",)),
    "crowded": Kind(need=("fields", "most"), fields=("fields",)),
    "steps": Kind(need=("fields", "by", "up"), fields=("fields", "by")),
    "overlap": Kind(
        need=("day", "end", "gap", "where", "who"), may=("moving",), fields=("day", "end")
    ),
    "outlier": Kind(need=("fields", "period", "factor", "least"), fields=("fields", "period")),
    "sums_up": Kind(need=("fields", "period", "tolerance"), fields=("fields", "period")),
    "adds_up": Kind(
        need=("fields", "level", "whole", "parts", "where", "tolerance"), fields=("fields", "level")
    ),
    "as_listed": Kind(need=("via", "theirs", "among"), fields=("via",)),
    "agree": Kind(need=("via", "theirs"), fields=("via",), other="via", theirs=("theirs",)),
    "refers_to": Kind(need=("having",), other="field", theirs=("having",)),
    "linked": Kind(need=("of", "match"), may=("having",), other="of", theirs=("having", "match")),
    "unlinked": Kind(
        need=("of", "match"), may=("having", "if_any", "patterns"),
        other="of", theirs=("having", "match"),
    ),
    "order_linked": Kind(
        need=("of", "match", "op", "other"), may=("having", "days"),
        other="of", theirs=("having", "match", "other"),
    ),
})  # fmt: skip


def rule_of(data: object, where: Where, names: Sequence[str]) -> Rule:
    """The rule at a place; `names` are the fields of its table."""
    if not isinstance(data, dict):
        raise Mistake(where, "这里应是键值对", "a mapping is expected here")
    kind = KINDS.get(str(data.get("check")))
    if kind is None:
        known = ", ".join(KINDS)
        raise Mistake(
            (*where, "check"),
            f"不认识的规则类型（可用：{known}）",
            f"unknown kind of rule (known: {known})",
        )
    mapping(data, where, (*_COMMON, *kind.need, *kind.may), ("code", "field", *kind.need))
    known_field(data["field"], names, (*where, "field"))
    _check_settings(data, kind, where, names)
    severity = one_of(data, "severity", ("", "error", "warning", "info"), where)
    once = texts(data, "once", where)
    for i, name in enumerate(once):
        known_field(name, names, (*where, "once", i))
    return Rule(
        code=text(data["code"], (*where, "code")), check=data["check"], field=data["field"],
        severity=severity, when=_when(data, where, names),
        args={k: v for k, v in data.items() if k not in _COMMON},
        given=_given(data, where), unless=texts(data, "unless", where), once=once,
        say=mapping(data["say"], (*where, "say"), LANGS, LANGS) if "say" in data else {},
    )  # fmt: skip


def _check_settings(data: dict[str, Any], kind: Kind, where: Where, names: Sequence[str]) -> None:
    for key in kind.fields:
        value = data.get(key)
        if isinstance(value, list):
            for name, at in items(data, key, where):
                known_field(name, names, at)
        elif value not in (None, AS_OF):
            known_field(value, names, (*where, key))
    if "op" in kind.need:
        data["op"] = one_of(data, "op", ("<=", "<", ">=", ">"), where)
    for key in ("patterns", "phrases", "signs"):
        _check_patterns(data, key, where)
    for key in ("pattern",) if "pattern" in data else ():
        _check_pattern(data[key], (*where, key))


def _check_patterns(data: dict[str, Any], key: str, where: Where) -> None:
    for pattern, at in items(data, key, where):
        _check_pattern(pattern, at)


def _check_pattern(pattern: object, where: Where) -> None:
    try:
        re.compile(text(pattern, where))
    except re.error as e:
        raise Mistake(where, f"正则表达式有误：{e}", f"not a regular expression: {e}") from e


def _when(data: dict[str, Any], where: Where, names: Sequence[str]) -> Mapping[str, Any]:
    return conditions(data.get("when", {}), (*where, "when"), names)


def conditions(when: object, where: Where, names: Sequence[str]) -> Mapping[str, Any]:
    """Conditions on the fields of a table: a word of WORDS, or a list of codes (null is a blank)."""
    if not isinstance(when, dict):
        raise Mistake(where, "这里应是键值对", "a mapping is expected here")
    for name, want in when.items():
        known_field(name, names, (*where, name))
        if want not in WORDS and not isinstance(want, list):
            said = ", ".join(WORDS)
            raise Mistake(
                (*where, name),
                f"应是 {said} 或代码的列表",
                f"{said} or a list of codes is expected",
            )
    return when


def _given(data: dict[str, Any], where: Where) -> Mapping[str, tuple[str, ...]]:
    given = data.get("given", {})
    if not isinstance(given, dict):
        raise Mistake((*where, "given"), "这里应是键值对", "a mapping is expected here")
    return {key: texts(given, key, (*where, "given")) for key in given}


def linked(rule: Rule, where: Where, module: Module, modules: Mapping[str, Module]) -> Rule:
    """The rule with what it names in other tables checked, and told whether it is a late one."""
    kind, names, late = KINDS[rule.check], fields_of(module), _own_names(rule)
    computed = {(module.name, n) for n in late if _is_computed(module, n)}
    other = _other(rule, kind, where, module, modules)
    for key in kind.theirs if other is not None else ():
        assert other is not None
        for name in _their_names(rule.args.get(key)):
            known_field(name, fields_of(other), (*where, key))
            computed |= {(other.name, name)} if _is_computed(other, name) else set()
        if key == "having":
            conditions(rule.args.get(key, {}), (*where, key), fields_of(other))
    for path in _paths(rule.args.get("match")):
        known_field(path.partition(".")[0], names, (*where, "match"))
    return replace(rule, late=bool(computed))


def _own_names(rule: Rule) -> set[str]:
    values = [rule.args.get(key) for key in KINDS[rule.check].fields]
    named = {v for value in values for v in (value if isinstance(value, list) else [value])}
    return {rule.field, *rule.when, *(str(n) for n in named if n)}


def _other(
    rule: Rule, kind: Kind, where: Where, module: Module, modules: Mapping[str, Module]
) -> Module | None:
    """The other module that a rule looks at; None where it looks at none, or at a list of names."""
    if not kind.other:
        return None
    if kind.other == "of":
        name = rule.args["of"]
        if name not in modules:
            raise Mistake((*where, "of"), f"没有“{name}”这张表", f'there is no table "{name}"')
        return modules[str(name)]
    via = rule.field if kind.other == "field" else str(rule.args[kind.other])
    ref = module.by_name[via].ref
    if ref is None:
        raise Mistake((*where, kind.other), f"“{via}”不是引用列", f'"{via}" is no reference')
    return modules.get(ref.to)


def _their_names(value: object) -> Iterator[str]:
    for part in value if isinstance(value, list) else [value]:
        yield from part if isinstance(part, dict) else [part] if isinstance(part, str) else []


def _paths(match: object) -> Iterator[str]:
    for part in match if isinstance(match, list) else [match]:
        yield from map(str, part.values()) if isinstance(part, dict) else []


def _is_computed(module: Module, name: str) -> bool:
    column = module.by_name.get(name)
    return name in module.values if column is None else column.owner == "computed"


def fields_of(module: Module) -> list[str]:
    """What rules may name of a module: its columns, and what is computed for rules alone."""
    return [*module.by_name, *module.values]


def known_field(name: object, names: Sequence[str], where: Where) -> None:
    """Mistake where a table has no such column."""
    if name not in names:
        raise Mistake(where, f"没有“{name}”这一列", f'there is no column "{name}"')
