"""Where templates of people's own run: Jinja's sandbox, with a budget for what a page may cost."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from functools import cache, wraps
from typing import Any

import jinja2
from jinja2 import nodes
from jinja2.bccache import Bucket
from jinja2.exceptions import SecurityError
from jinja2.runtime import markup_join
from jinja2.sandbox import ImmutableSandboxedEnvironment
from jinja2.visitor import NodeTransformer

from tracker.opc.derived import recall, remember

_BUDGET = 20_000_000  # characters made or shown, and items looked at
_STEP = 40  # what a turn of a loop or a call costs beside its text
_LONGEST_VALUE = 100_000  # characters or items that one expression may make
_OF_TEXT = frozenset({"capitalize", "e", "escape", "lower", "title", "trim", "upper"})
_OF_LISTS = frozenset(
    {
        "abs", "count", "d", "default", "dictsort", "first", "float", "groupby", "int", "items",
        "last", "length", "list", "map", "max", "min", "reject", "rejectattr", "reverse", "select",
        "selectattr", "sort", "unique",
    }
)  # fmt: skip
_MOST_KEPT = 300
_GLOBALS = frozenset({"cycler", "dict", "joiner", "namespace", "range"})
_METHODS = frozenset(
    {"capitalize", "endswith", "isdigit", "is_integer", "lower", "lstrip", "rstrip", "split",
     "startswith", "strip", "title", "upper"}
)  # fmt: skip
"""Those of texts and numbers; others make as much as a number says."""


class Sandbox(ImmutableSandboxedEnvironment):
    """Jinja's sandbox: what is typed is always escaped, and time and memory are bounded.

    Attributes:
        left: what may still be spent.
    """

    intercepted_binops = frozenset({"+", "*", "**", "%"})

    def __init__(self, finalize: Callable[[object], object], **options: Any) -> None:
        self.left = _BUDGET

        def shown(value: object) -> object:
            text = finalize(_single(value))
            self.spend(text if isinstance(text, str) else _STEP)
            return text

        super().__init__(
            autoescape=True, undefined=jinja2.StrictUndefined, finalize=shown, **options
        )
        texts = {n: _for_texts(self.filters[n]) for n in _OF_TEXT}
        lists = {n: self.filters[n] for n in _OF_LISTS}
        self.filters.clear()
        self.add_filters({**texts, **lists, "join": self._join})
        self.filters["_spend"] = self.spend
        self.globals = {n: self.globals[n] for n in _GLOBALS}

    def keep_compiled(self) -> None:
        """Keep what templates were compiled to, for later runs."""
        if isinstance(self.bytecode_cache, Compiled):
            self.bytecode_cache.keep()

    def add_filters(self, filters: Mapping[str, Callable[..., Any]]) -> None:
        """Filters whose use costs as much as what they are given."""
        self.filters.update({n: self._paid(f) for n, f in filters.items()})

    def spend(self, cost: object) -> None:
        """Take a number, or a step and the length of a text or a list, from what is left."""
        sized = isinstance(cost, str | list | tuple | dict)
        self.left -= cost if isinstance(cost, int) else _STEP + len(cost) if sized else _STEP  # type: ignore[arg-type]  # only what is sized
        if self.left < 0:
            raise SecurityError(f"the page takes more than {_BUDGET:,} steps")

    def _spend_all(self, *values: object) -> None:
        for value in values:
            self.spend(_STEP if isinstance(value, int) else value)

    def _paid(self, function: Callable[..., Any]) -> Callable[..., Any]:
        @wraps(function)
        def paid(*args: object, **options: object) -> Any:
            self._spend_all(*args)
            return function(*args, **options)

        return paid

    def _join(self, items: Any, separator: str = "") -> str:
        """The items one behind the other, escaped where they are no markup."""
        pieces: list[object] = []
        for item in items:
            pieces += [separator, item] if pieces and separator else [item]
            self.spend(_single(item))
        return markup_join(pieces)

    def call_binop(self, context: Any, operator: str, left: Any, right: Any) -> Any:
        """The result of an operator, unless it would be too long."""
        if _too_much(operator, left, right):
            raise SecurityError(f"the result of {operator} would be too long")
        made = super().call_binop(context, operator, left, right)
        self._spend_all(made)
        return made

    def call(self, context: Any, obj: Any, /, *args: Any, **options: Any) -> Any:
        """The result of a call."""
        self._spend_all(obj, *args)
        return super().call(context, obj, *args, **options)

    def is_safe_attribute(self, obj: Any, attr: str, value: Any) -> bool:
        """Whether a template may see an attribute."""
        harmless = attr in _METHODS or not isinstance(obj, str | bytes | int | float)
        return harmless and super().is_safe_attribute(obj, attr, value)

    def _generate(self, source: nodes.Template, *args: Any, **options: Any) -> str:
        _Priced().visit(source)
        source.set_environment(self)
        return super()._generate(source, *args, **options)


class Compiled(jinja2.BytecodeCache):
    """What templates were compiled to, by their path and what they say; kept for later runs."""

    def __init__(self, kind: str) -> None:
        self._kind = kind
        found = recall(kind)
        self._known: dict[str, bytes] = found if isinstance(found, dict) else {}
        self._more = False

    def load_bytecode(self, bucket: Bucket) -> None:
        """Jinja asks for what it would compile."""
        if bucket.key in self._known:
            bucket.bytecode_from_string(self._known[bucket.key])

    def dump_bytecode(self, bucket: Bucket) -> None:
        """Jinja hands over what it compiled."""
        self._known[bucket.key] = bucket.bytecode_to_string()
        self._more = True

    def keep(self) -> None:
        """Keep what was compiled since, unless it has become more than templates are many."""
        if self._more and len(self._known) <= _MOST_KEPT:
            remember(self._kind, self._known)
            self._more = False


@cache
def compiled(lang: str) -> Compiled:
    """Of all sandboxes that show values in one language: constants are shown when compiled."""
    return Compiled(f"templates-{lang}")


class _Priced(NodeTransformer):
    """Puts in front of all that can be gone through again what that costs."""

    def visit_For(self, node: Any) -> Any:  # noqa: N802 - jinja finds it by this name
        static = sum(len(d.data) for d in node.find_all(nodes.TemplateData))
        cost = nodes.Const(_STEP + static, lineno=node.lineno)
        node.body.insert(0, nodes.ExprStmt(_filter(cost, "_spend"), lineno=node.lineno))
        return self.generic_visit(node)

    visit_Macro = visit_CallBlock = visit_Block = visit_Template = visit_For  # noqa: N815

    def visit_Concat(self, node: Any) -> Any:  # noqa: N802
        self.generic_visit(node)
        return _filter(nodes.List(node.nodes, lineno=node.lineno), "join")

    def visit_ScopedEvalContextModifier(self, node: Any) -> Any:  # noqa: N802
        raise jinja2.TemplateSyntaxError("escaping cannot be switched off", node.lineno)


def _filter(node: Any, name: str) -> nodes.Filter:
    return nodes.Filter(node, name, [], [], None, None, lineno=node.lineno)


def _for_texts(function: Callable[..., Any]) -> Callable[..., Any]:
    @wraps(function)
    def checked(text: object, *args: object, **options: object) -> Any:
        return function(_single(text), *args, **options)

    return checked


def _single(value: object) -> object:
    """The value; TypeError for many: a list in lists is a text without end."""
    if isinstance(value, list | tuple | dict | set):
        raise TypeError("several values where one is shown; name which of them")
    return value


def _too_much(operator: str, left: object, right: object) -> bool:
    if operator == "%":
        return isinstance(left, str)
    sizes = [len(v) for v in (left, right) if isinstance(v, str | list | tuple)]
    counts = [abs(v) for v in (left, right) if isinstance(v, int)]
    if operator == "**":
        return not (len(counts) == 2 and counts[0] <= 1000 and counts[1] <= 20)
    if operator == "+":
        return sum(sizes) > _LONGEST_VALUE
    if len(counts) == 2:
        return sum(n.bit_length() for n in counts) > 1000
    return bool(sizes) and max(sizes) * max(counts, default=0) > _LONGEST_VALUE
