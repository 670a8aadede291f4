"""The proof of tables: one that grew covers its new area, a grafted one is like no other."""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Container, Sequence

from tracker.opc.package import Package
from tracker.xlsx import markup
from tracker.xlsx.tables import TAGS, Growth, Table, tables_of
from tracker.xlsx.verify_sheet import claim, only_grown


def prove_table(before: Package, after: Package, sheet: str, table: Table, growth: Growth) -> None:
    """ProofError unless a table covers its new area and names its new columns, and no more."""
    data, reach = after.read(table.part), growth.area(table)
    records = table.area._replace(bottom=table.last_record)
    to = {records: reach._replace(bottom=growth.last_record), table.area: reach}
    old, new = before.read(table.part), without_columns(data, growth.headers)
    grown = only_grown(old, new, lambda a, b: to.get(a) == b)
    now = next(t for t in tables_of(after, sheet) if t.part == table.part)
    claim(grown and now.area == reach, f"{table.part}: more than the area of the table")
    tags = re.findall(TAGS % b"tableColumn", data)
    count = [markup.get(t, b"count") for t in re.findall(TAGS % b"tableColumns", data)]
    claim(not growth.headers or count == [b"%d" % len(tags)], f"{table.part}: count of columns")
    ids = [markup.get(t, b"id") for t in tags]
    claim(len({*ids}) == len(ids) or not growth.headers, f"{table.part}: ids of columns")


def prove_own_names(after: Package, fresh: Container[str]) -> None:
    """ProofError where a table that was made has the id or the name of another one.

    Those of a person's that came alike stay so.
    """
    parts = [n for n in after if after.content_type(n).endswith(".table+xml")]
    tags = {n: re.findall(TAGS % b"table", after.read(n))[0] for n in parts}
    for key in (b"id", b"displayName"):
        values = {n: (markup.get(tag, key) or b"").lower() for n, tag in tags.items()}
        known = Counter(values.values())
        twice = any(known[value] > 1 for n, value in values.items() if n in fresh)
        claim(not twice, f"two tables of one {key.decode()}")


def without_columns(data: bytes, headers: Sequence[str]) -> bytes:
    """A table part without its last columns, where they bear these names; else as it is."""
    tags = list(re.finditer(TAGS % b"tableColumn", data))
    last = tags[len(tags) - len(headers) :] if headers else []
    names = [markup.unescape_text(markup.get(m[0], b"name") or b"") for m in last]
    root = markup.find_tag(data, markup.prefix_of(data, b"table") + b"tableColumns")
    if not last or names != list(headers) or root is None:
        return data
    tag = markup.put(root[0], b"count", b"%d" % (len(tags) - len(last)))
    between = data[root.end() : last[0].start()]
    return data[: root.start()] + tag + between + data[last[-1].end() :]
