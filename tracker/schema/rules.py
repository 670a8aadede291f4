"""One entry of `rules` into the model, its kind and the fields that it names checked."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from types import MappingProxyType
from typing import Any, NamedTuple

from tracker.schema.model import Rule
from tracker.schema.yamlfile import Mistake, Where, items, mapping, one_of, text

_COMMON = ("code", "check", "field", "when", "severity")
AS_OF = "as_of"
"""Stands for the as-of day where a rule names another field."""


class Kind(NamedTuple):
    """The settings of a kind of rule: those it needs, those it may have, which name fields."""

    need: tuple[str, ...] = ()
    may: tuple[str, ...] = ()
    fields: tuple[str, ...] = ()


KINDS: Mapping[str, Kind] = MappingProxyType({
    "required_if": Kind(may=("after", "days"), fields=("after",)),
    "forbidden_if": Kind(may=("fields",), fields=("fields",)),
    "order": Kind(need=("op", "other"), fields=("other",)),
    "range": Kind(may=("min", "max", "exclusive_min")),
    "unique": Kind(need=("fields",), may=("flag",), fields=("fields",)),
    "uniform": Kind(need=("fields",), fields=("fields",)),
    "agree": Kind(need=("via", "theirs"), fields=("via",)),
    "not_self": Kind(),
    "within_period": Kind(need=("period",), fields=("period",)),
    "not_before_period": Kind(need=("period",), fields=("period",)),
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
    args = {k: v for k, v in data.items() if k not in _COMMON}
    code = text(data["code"], (*where, "code"))
    return Rule(code, data["check"], data["field"], severity, _when(data, where, names), args)


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


def _when(data: dict[str, Any], where: Where, names: Sequence[str]) -> Mapping[str, Any]:
    when = data.get("when", {})
    if not isinstance(when, dict):
        raise Mistake((*where, "when"), "这里应是键值对", "a mapping is expected here")
    for name, want in when.items():
        known_field(name, names, (*where, "when", name))
        if want not in ("filled", "blank") and not isinstance(want, list):
            raise Mistake(
                (*where, "when", name),
                "应是 filled、blank 或代码的列表",
                "filled, blank or a list of codes is expected",
            )
    return when


def known_field(name: object, names: Sequence[str], where: Where) -> None:
    """Mistake where a table has no such column."""
    if name not in names:
        raise Mistake(where, f"没有“{name}”这一列", f'there is no column "{name}"')
