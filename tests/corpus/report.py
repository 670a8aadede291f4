"""What the campaign found, as one page of Markdown."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator, Sequence

from tests.corpus.alarms import Record, alarms, explained
from tests.corpus.outcome import HANDLED, SIGNED

_HARMLESS = {"calcChain", "docPropsApp", "docPropsCore", "contentTypes", "rels", "thumbnail",
             "sharedStrings"}  # fmt: skip
"""Kinds of parts that an office program makes anew; they do not count as lost."""


def written(records: list[Record]) -> str:
    """The page."""
    return "\n\n".join([_HEAD, *_outcomes(records), *_checks(records), *_peer(records)]) + "\n"


_HEAD = """# The engine over public workbooks

Written by `python -m tests.corpus.campaign`. The files are test data of Apache POI, XlsxWriter, \
calamine and Magicodes.IE (`../shared/corpus`, not part of this project). Each is changed in four \
ways, in a free place of its first sheet: one cell set; a column of 50 cells set (numbers, texts, \
booleans, dates); a generated sheet with a chart, rules, sparklines and links grafted; all of it at \
once. Each result is taken through the same plan again (not a byte may change) and undone again \
(every cell, text, format and part as before; only a cleared date leaves its format behind)."""


_WHY = {
    "refused:damaged": "cut off, or a member does not have the checksum that the zip names",
    "refused:password": "encrypted; the password has to be supplied",
    "refused:dtd": "a part declares a DTD, as attacks do and no office program",
    "refused:part-twice": "a part stands twice, and programs differ in which of the two they read",
    "refused:signature": "any change breaks the digital signature; handled when that is asked for",
    "refused:beta": "written by a test version of Office 2007, in other namespaces",
    "refused:crooked-zip": "a member is not where, or not as long as, the zip's directory says",
    "refused:no-workbook": "no workbook in it",
    "refused:part-name": "part names with backslashes, which programs read in different ways",
}
_SIGNED = (
    "Signed workbooks count apart: they are refused until somebody asks for it, and handled then."
)


def _outcomes(records: list[Record]) -> Iterator[str]:
    both = [r for r in records if r.opened_by("calamine", "office")]
    kinds = Counter(r.outcome for r in records)
    known = Counter(r.outcome for r in both)
    rows = [[k, n, known[k], _WHY.get(k, "")] for k, n in kinds.most_common()]
    rows.append(["all", len(records), len(both), ""])
    yield "## Outcomes"
    yield _table(["outcome", "files", "of these opened by calamine and LibreOffice", "why"], rows)
    refused = [r for r in both if r.outcome not in (HANDLED, SIGNED)]
    share = 100 * len(refused) / max(1, len(both))
    yield f"Refused although both open them: {len(refused)} of {len(both)} ({share:.2f} %). {_SIGNED}"
    yield "\n".join(f"- `{r.name}`: {_WHY.get(r.outcome, r.outcome)}" for r in refused)


def _checks(records: list[Record]) -> Iterator[str]:
    handled = [r for r in records if r.steps]
    first = "other parts byte for byte the same, same plan again, undone"
    rows = [[first, len(handled), len(handled), 0, 0]]
    for title, mark, count in _measures(handled):
        heard = [_heard(r, mark) for r in handled]
        false, true = heard.count("false"), heard.count("true")
        rows.append([title, count, count - false - true, false, true])
    yield "## The handled files"
    yield _table(["check", "files checked", "clean", "false alarms", "faults"], rows)
    yield "Every alarm was looked at:"
    yield "\n".join(_explanations(handled))


def _heard(record: Record, mark: str) -> str:
    """ "true" where an alarm of that instrument has no explanation, "false" where all have."""
    heard = [explained(record.name, a) for a in alarms(record) if mark in a]
    return "" if not heard else "false" if all(heard) else "true"


def _explanations(handled: list[Record]) -> Iterator[str]:
    why = dict[str, set[str]]()
    for r in handled:
        for a in alarms(r):
            reason = explained(r.name, a)
            why.setdefault(reason or f"FAULT: {a}", set()).add(r.name)
    for reason, names in sorted(why.items()):
        shown = ", ".join(f"`{n}`" for n in sorted(names)[:5])
        more = f" and {len(names) - 5} more" if len(names) > 5 else ""
        yield f"- {reason} ({shown}{more})"


def _measures(handled: list[Record]) -> Iterator[tuple[str, str, int]]:
    yield "`compare.py`: nothing lost", "compare.py", len(handled)
    for tool, title in (("xsd", "xsd_check.py"), ("xsdval", "xsdval.py")):
        count = sum("said" in r.steps["all"][f"{tool} before"] for r in handled)
        yield f"`{title}`: nothing new (where it can check the original)", title, count
    for reader, title in (("calamine", "calamine"), ("openpyxl", "openpyxl"),
                          ("office", "LibreOffice after one cell and after all")):  # fmt: skip
        count = sum(r.opened_by(reader) for r in handled)
        yield f"values read back by {title} (where it opens the original)", f": {reader}:", count
    sample = sum(r.sdk is not None for r in handled)
    yield "Microsoft's SDK validator after all, a sample: nothing new", "SDK validator", sample


def _peer(records: list[Record]) -> Iterator[str]:
    handled = [r for r in records if r.steps]
    rows = [
        ["files", len(handled), len(handled)],
        ["cannot be loaded or saved", 0, sum("error" in r.peer for r in handled)],
        ["saved, but LibreOffice does not open it any more", *_unopened(handled)],
        ["saved with content lost (`compare.py`)", *_both(handled, "losses", count=False)],
        ["saved with whole parts lost", *_both(handled, "kinds_lost", count=False)],
        ["parts lost", *_both(handled, "kinds_lost")],
        ["saved with cells changed", *_both(handled, "cells_changed", count=False)],
        ["cells changed", *_both(handled, "cells_changed")],
        ["cached values lost", _cached(handled, peer=False), _cached(handled, peer=True)],
    ]
    yield "## One cell set: this engine and openpyxl's load and save"
    yield "Over the handled files."
    yield _table(["", "this engine", "openpyxl"], rows)
    yield "What openpyxl loses, by the number of files:"
    lost = Counter(x for r in handled for x in r.peer.get("compare", {}).get("losses", []))
    yield _table(["lost", "files"], [[k, n] for k, n in lost.most_common(25)])


def _unopened(handled: list[Record]) -> list[int]:
    saved = [r for r in handled if r.opened_by("office")]
    pairs = ((r.steps["cell"]["office"], r.peer.get("office", {})) for r in saved)
    return [sum("error" in found for found in column) for column in zip(*pairs, strict=True)]


def _both(handled: list[Record], key: str, *, count: bool = True) -> list[int]:
    ours = [_size(r.steps["cell"]["compare"].get(key)) for r in handled]
    theirs = [_size(r.peer.get("compare", {}).get(key)) for r in handled]
    return [sum(x) if count else sum(map(bool, x)) for x in (ours, theirs)]


def _size(found: object) -> int:
    if isinstance(found, dict):
        return sum(a - b for k, (a, b) in found.items() if k not in _HARMLESS)
    return found if isinstance(found, int) else len(found) if isinstance(found, list) else 0


def _cached(handled: list[Record], *, peer: bool) -> int:
    held = (r.peer.get("compare", {}) if peer else r.steps["cell"]["compare"] for r in handled)
    pairs = [h.get("features_lost", {}).get("cached formula value", [0, 0]) for h in held]
    return sum(int(a) - int(b) for a, b in pairs)


def _table(head: list[str], rows: Sequence[Sequence[object]]) -> str:
    lines: list[Sequence[object]] = [head, ["---", *["---:"] * (len(head) - 1)], *rows]
    return "\n".join("| " + " | ".join(map(str, line)) + " |" for line in lines)
