"""Rows that a person names on the command line, found as a reference in a cell is."""

from __future__ import annotations

from tracker.api.session import Session
from tracker.book.index import Index
from tracker.book.resolve import alike, candidates
from tracker.errors import ConfigError

CUSTOMERS = "customers"


def found_customer(session: Session, text: str) -> str:
    """The id of the one customer that an id, a name or name@institution means.

    Raises ConfigError that names the candidates, or the nearest names.
    """
    table = session.tables.get(CUSTOMERS)
    index = Index(table) if table is not None else None
    ids = candidates(text.strip(), index, session.ctx) if index is not None else []
    if len(ids) == 1:
        return ids[0]
    if index is None or not ids:
        names = "、".join(alike(text, ids, index)) if index is not None else ""
        raise ConfigError(
            path="--customer",
            zh=f"没有客户“{text}”" + (f"，相近的有：{names}" if names else "，请写编号或姓名"),
            en=f'no customer "{text}"'
            + (f"; near it: {names}" if names else "; give an id or a name"),
        )
    said = "、".join(f"{index.label.get(i, i)} ({i})" for i in ids)
    raise ConfigError(
        path="--customer",
        zh=f"“{text}”有 {len(ids)} 位：{said}。请写编号或“姓名@机构”",
        en=f'"{text}" is {len(ids)} customers: {said}. Give the id or name@institution',
    )
