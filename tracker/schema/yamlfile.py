"""A YAML file as data, and what is wrong with it told with file and line.

Nodes are those of PyYAML, which is imported where a file is read alone: most runs find it kept.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from tracker.errors import SchemaError
from tracker.resources import schema_dir

_TEXT = "tag:yaml.org,2002:str"
Where = tuple[str | int, ...]
"""Keys and indices that lead to a place in a document."""


class Mistake(Exception):  # noqa: N818 - it never leaves this package
    """What is wrong at a place of a document; `blaming` makes a SchemaError of it."""

    def __init__(self, where: Where, zh: str, en: str) -> None:
        super().__init__(en)
        self.where, self.zh, self.en = where, zh, en


@dataclass(frozen=True)
class Document:
    """A file's path, its nodes with their lines, and the data in it."""

    path: Path
    root: Any
    data: Any


def read(path: Path) -> Document:
    """Parse a file. SchemaError where it is no YAML, a key stands twice, or it cannot be read."""
    import yaml

    try:
        loader = yaml.CSafeLoader(path.read_text("utf-8"))
        root = loader.get_single_node()
        return Document(path, root, _built(root, loader) if root is not None else None)
    except UnicodeDecodeError as e:
        raise SchemaError(path=path, line=1, zh="不是 UTF-8 文本", en="not UTF-8 text") from e
    except OSError as e:
        raise _unreadable(path, e) from e
    except yaml.YAMLError as e:
        mark = getattr(e, "problem_mark", None)
        said = getattr(e, "problem", None) or e.__class__.__name__
        raise SchemaError(
            path=path,
            line=mark.line + 1 if mark else 1,
            zh=f"YAML 写法有误（{said}）",
            en=f"not YAML: {said}",
        ) from e


def _unreadable(path: Path, error: OSError) -> SchemaError:
    """What to do about a file that is not there or cannot be read depends on whose it is."""
    own = path.parent == schema_dir()
    zh = "程序的安装已损坏，请重新安装" if own else "请检查文件和权限"
    en = (
        "the installation is damaged, install it anew" if own else "look at the file and its rights"
    )
    why = error.strerror or type(error).__name__
    return SchemaError(
        path=path, line=1, zh=f"读不出（{why}）；{zh}", en=f"cannot be read ({why}); {en}"
    )


def _built(node: Any, loader: Any) -> Any:
    """The data of a node; a third faster than the constructor of the package, which is general."""
    if node.id == "scalar":
        return node.value if node.tag == _TEXT else loader.construct_object(node)
    if node.id == "sequence":
        return [_built(item, loader) for item in node.value]
    data = {_built(key, loader): _built(value, loader) for key, value in node.value}
    if len(data) < len(node.value):
        import yaml

        mark = _repeated(node)
        raise yaml.MarkedYAMLError(problem="a key stands twice", problem_mark=mark)
    return data


def _repeated(node: Any) -> Any:
    seen = set[str]()
    for key, _ in node.value:
        if key.value in seen:
            return key.start_mark
        seen.add(key.value)
    return node.start_mark


@contextmanager
def blaming(document: Document) -> Iterator[None]:
    """Turn a Mistake made inside into a SchemaError that names the document's file and line."""
    try:
        yield
    except Mistake as e:
        line = _line(document.root, e.where)
        raise SchemaError(path=document.path, line=line, zh=e.zh, en=e.en) from e


def _line(node: Any, where: Where) -> int:
    """Line of the place that a path of keys and indices leads to, or of the nearest one above."""
    line = node.start_mark.line if node else 0
    for step in where:
        if node and node.id == "mapping":
            pair = next((p for p in node.value if p[0].value == str(step)), None)
            if pair is None:
                break
            line, node = pair[0].start_mark.line, pair[1]
        elif node and node.id == "sequence" and isinstance(step, int):
            node = node.value[step]
            line = node.start_mark.line
        else:
            break
    return int(line) + 1


def mapping(
    data: object, where: Where, keys: Iterable[str], need: Sequence[str] = ()
) -> dict[str, Any]:
    """The mapping at a place, its keys checked."""
    if not isinstance(data, dict):
        raise Mistake(where, "这里应是键值对", "a mapping is expected here")
    for key in data:
        if key not in keys:
            raise Mistake((*where, key), f"不认识的键“{key}”", f'unknown key "{key}"')
    for key in need:
        if key not in data:
            raise Mistake(where, f"缺少键“{key}”", f'the key "{key}" is missing')
    return data


def items(data: dict[str, Any], key: str, where: Where) -> Iterator[tuple[Any, Where]]:
    """The entries of a list with the place of each; an absent list is empty."""
    value = data.get(key) or []
    if not isinstance(value, list):
        raise Mistake((*where, key), f"“{key}”应是列表", f'"{key}" must be a list')
    return ((item, (*where, key, i)) for i, item in enumerate(value))


def texts(data: dict[str, Any], key: str, where: Where) -> tuple[str, ...]:
    """A list of texts."""
    return tuple(text(item, at) for item, at in items(data, key, where))


def text(value: object, where: Where) -> str:
    """The text at a place; numbers, dates and yes/no want quotes."""
    if not isinstance(value, str):
        raise Mistake(
            where, f"应是文字：{value!r}（请加引号）", f"text is expected, put quotes: {value!r}"
        )
    return value


def one_of(data: dict[str, Any], key: str, allowed: Sequence[str], where: Where) -> str:
    """The value of a key that has a few allowed ones; absent is the first of them."""
    value = data.get(key, allowed[0])
    if value not in allowed:
        said = ", ".join(allowed)
        raise Mistake((*where, key), f"“{key}”只能是 {said}", f'"{key}" must be one of {said}')
    return str(value)


def number(data: dict[str, Any], key: str, where: Where) -> float | None:
    """The number of a key, or None where the key is absent."""
    value = data.get(key)
    if value is not None and (isinstance(value, bool) or not isinstance(value, int | float)):
        raise Mistake((*where, key), f"“{key}”应是数字", f'"{key}" must be a number')
    return value


def flag(data: dict[str, Any], key: str, where: Where) -> bool:
    """Whether a key is set; absent is no."""
    value = data.get(key, False)
    if not isinstance(value, bool):
        raise Mistake(
            (*where, key), f"“{key}”只能是 true 或 false", f'"{key}" must be true or false'
        )
    return value
