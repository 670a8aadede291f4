"""The proof of the shared strings."""

from __future__ import annotations

import re
from collections.abc import Collection

from tracker.errors import ProofError
from tracker.xlsx import markup
from tracker.xlsx.strings import SharedStrings, texts_of
from tracker.xlsx.verify_cell import without


def prove_strings(old: SharedStrings, data: bytes, freed: Collection[int]) -> list[str]:
    """Texts of the written part by index.

    ProofError where more differs than texts in the freed slots and new ones at the end.
    """
    if not len(old):
        return SharedStrings(data).texts
    texts = continued(old, data, freed)
    root = markup.start_tag(data, old.prefix + b"sst")
    was, now = (without(m[0], b"count", b"uniqueCount") for m in (old.root, root))
    if texts is None or was != now:
        raise ProofError(why="the shared strings")
    return texts


def continued(old: SharedStrings, data: bytes, freed: Collection[int]) -> list[str] | None:
    """Texts of a part that is `old` with other texts in the freed slots and new ones at its end.

    None where anything else differs. What is kept is compared as bytes and not parsed again.
    """
    root = markup.find_tag(data, old.prefix + b"sst")
    if root is None:
        return None
    texts, p = list(old.texts), re.escape(old.prefix)
    entry = re.compile(rb"<%bsi>.*?</%bsi>" % (p, p), re.S)
    at, here = root.end(), old.root.end()
    for i in sorted(freed):
        start, end = old.spans[i]
        m = entry.match(data, at + start - here)
        if m is None or not data.startswith(old.data[here:start], at):
            return None
        texts[i] = texts_of(m[0], old.prefix)[0][0]
        at, here = m.end(), end
    kept, rest = old.data[here : old.end], old.data[old.end :]
    if not data.startswith(kept, at) or not data.endswith(rest):
        return None
    added = data[at + len(kept) : len(data) - len(rest)]
    if entry.sub(b"", added).strip():
        return None
    return texts + texts_of(added, old.prefix)[0]
