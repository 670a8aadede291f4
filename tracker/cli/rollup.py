"""The command that makes one table of many workbooks."""

from __future__ import annotations

import codecs
import sys
from collections import Counter
from collections.abc import Callable
from contextlib import suppress
from pathlib import Path
from typing import TYPE_CHECKING, Any

import click

from tracker.cli.options import PATH, Common, checking, common
from tracker.errors import ConfigError

if TYPE_CHECKING:
    from tracker.rollups.result import Rollup

_SHOWN = 20
_ENCODINGS = ("utf-8-sig", "gb18030")  # the second is what Excel and older editors in China write
_LEAST_KEY = 16


@click.command()
@click.argument("paths", nargs=-1, required=True, type=PATH, metavar="PATH...")
@click.option("-o", "--out", type=PATH, metavar="FILE", help="Write the rollup into this workbook.")
@click.option(
    "--parquet", type=PATH, metavar="DIR", help="Write the rows of each module as parquet."
)
@click.option("--expected", type=PATH, metavar="FILE",
              help="Rep codes or file names that should be there, one a line.")  # fmt: skip
@click.option("--unmask", multiple=True, metavar="FIELDS",
              help="Let personal fields through (private_phone,...); recorded in the rollup.")  # fmt: skip
@click.option("--key-file", type=PATH, metavar="FILE",
              help="Pseudonyms made with this key instead of hidden values.")  # fmt: skip
@click.option("--jobs", type=click.IntRange(0), default=1, show_default=True,
              help="Processes; 0 takes one a core.")  # fmt: skip
@click.option("--scheduler", metavar="ADDRESS", help="Do the reading on this Dask cluster.")
@click.option("--fresh", is_flag=True, help="Read every workbook, known or not.")
@checking()
def rollup(paths: tuple[Path, ...], **options: Any) -> int:
    """Make one table of a team's workbooks, every row with where it comes from.

    PATHs are workbooks and folders of them. A workbook that cannot be read is named and left out.
    Personal fields are hidden. Unchanged workbooks are not read a second time.
    """
    from tracker.api.pool import processes
    from tracker.api.rollup import Request
    from tracker.api.rollup import rollup as run_rollup

    own = ("out", "parquet", "expected", "unmask", "key_file", "jobs", "scheduler", "fresh")
    asked = {k: options.pop(k) for k in own}
    lang = options.get("lang")
    shared = common(options)
    request = Request(
        paths=paths, as_of=shared.as_of, out=asked["out"],
        parquet=asked["parquet"], expected=_lines(asked["expected"]),
        unmask=[f.strip() for v in asked["unmask"] for f in v.split(",") if f.strip()],
        key=_key(asked["key_file"]), jobs=asked["jobs"] or processes(),
        scheduler=asked["scheduler"], lang=lang, fresh=asked["fresh"], password=shared.password,
        progress=_progress(shared),
    )  # fmt: skip
    result = run_rollup(request).narrowed(shared.wants)
    if shared.output == "json":
        _show_json(result, shared)
    else:
        _show(result, shared)
    return _verdict(result, shared)


def _lines(path: Path | None) -> list[str]:
    if path is None:
        return []
    data = _bytes(path)
    wide = data.startswith((codecs.BOM_UTF16_LE, codecs.BOM_UTF16_BE))
    for encoding in ("utf-16",) if wide else () if b"\0" in data else _ENCODINGS:
        with suppress(UnicodeDecodeError):
            return [line.strip() for line in data.decode(encoding).splitlines() if line.strip()]
    raise ConfigError(
        path=path,
        zh="这不是文本文件；请另存为“UTF-8 文本”，每行一个编号或文件名",
        en='this is no text file; save it as "UTF-8 text", one code or file name a line',
    )


def _bytes(path: Path) -> bytes:
    try:
        return path.read_bytes()
    except OSError as e:
        why = e.strerror or type(e).__name__
        raise ConfigError(path=path, zh=f"读不出来（{why}）", en=f"cannot be read ({why})") from e


def _key(path: Path | None) -> bytes | None:
    if path is None:
        return None
    key = _bytes(path).strip()
    if len(key) < _LEAST_KEY:
        raise ConfigError(
            path=path,
            zh=f"密钥太短，至少 {_LEAST_KEY} 个字节",
            en=f"the key is too short; it needs {_LEAST_KEY} bytes or more",
        )
    return key


def _progress(shared: Common) -> Any:
    """A line on the terminal that counts the books read."""
    if shared.console.quiet or not sys.stderr.isatty():
        return lambda _done, _all: None

    def show(done: int, count: int) -> None:
        sys.stderr.write(f"\r{done}/{count}" + ("\n" if done == count else ""))
        sys.stderr.flush()

    return show


def _verdict(result: Rollup, shared: Common) -> int:
    unread = any(b.state in ("skipped", "missing") for b in result.books)
    bad = {"error", "warning"} if shared.strict else {"error"}
    return 1 if unread or any(result.counts.get(s) for s in bad) else 0


def _show(result: Rollup, shared: Common) -> None:
    from tracker.rollups.texts import STATES

    console, lang = shared.console, shared.console.language(result.lang)
    for book in result.books:
        if book.state != "read":
            said = "；".join(w[lang] for w in book.remarks)
            console.print(f"{book.name}: {STATES[book.state][lang]}: {said}")
    _show_about(result, shared, lang)
    states = Counter(b.state for b in result.books)
    known = sum(b.known for b in result.books)
    counts = result.counts
    taken, rows = states["read"] + states["partial"], sum(result.rows.values())
    zh = (f"{taken} 个工作簿（{known} 个自上次未变），{rows} 记录；未计入 {len(result.books) - taken}；"
          f"{counts.get('error', 0)} 错误，{counts.get('warning', 0)} 警告")  # fmt: skip
    en = (f"{taken} workbooks ({known} unchanged), {rows} rows; {len(result.books) - taken} left out; "
          f"{counts.get('error', 0)} errors, {counts.get('warning', 0)} warnings")  # fmt: skip
    console.print(zh if lang == "zh" else en)
    for path in result.written:
        console.print(f"{'已写入' if lang == 'zh' else 'written'}: {path}")


def _show_about(result: Rollup, shared: Common, lang: str) -> None:
    """The findings about books as wholes, the first of many."""
    from tracker.checks.catalogue import hint, message

    console, clean = shared.console, _clean(result, shared)
    about = [(b, f) for b, f in result.findings if f.code.startswith("ROL")]
    shown = about if console.verbose else about[:_SHOWN]
    for book, f in shown:
        said = clean(message(f, result.schema, lang, show=shared.show_values))
        console.print(f"{book.name}: {f.code} {said}")
        if not console.quiet:
            console.print(f"    {clean(hint(f, result.schema, lang, show=shared.show_values))}")
    if len(about) > len(shown):
        more = len(about) - len(shown)
        zh, en = f"… 另有 {more} 条，-v 全部列出", f"… and {more} more; -v lists them all"
        console.print(zh if lang == "zh" else en)


def _clean(result: Rollup, shared: Common) -> Callable[[str], str]:
    """What takes personal values out of typed texts, unless they are asked for."""
    return str if shared.show_values else result.mask.text


def _alike(result: Rollup, clean: Callable[[str], str]) -> list[dict[str, object]]:
    """Names that may mean the same, where they are not personal."""
    modules = result.schema.modules
    return [
        {
            "module": a.module, "field": a.field, "score": round(a.score, 1),
            "names": [clean(a.first.name), clean(a.second.name)], "paths": [a.first.book.name, a.second.book.name],
        }
        for a in result.alike
        if modules[a.module].by_name[a.field].data_class == "public"
    ]  # fmt: skip


def _show_json(result: Rollup, shared: Common) -> None:
    from tracker.cli.jsonout import FORMAT, finding_dict, write
    from tracker.findings import RANK

    lang = shared.console.language(result.lang)
    books = [
        {
            "path": b.name, "state": b.state, "unchanged": b.known,
            "rep": b.head.owner if b.head else None,
            "workbook": b.head.workbook if b.head else None,
            "rows": dict(b.head.rows) if b.head else None,
            "remarks": [w[lang] for w in b.remarks],
        }
        for b in result.books
    ]  # fmt: skip
    clean = _clean(result, shared)
    findings = [
        {"path": b.name, **finding_dict(f, result.schema, shared, lang, clean)}
        for b, f in result.findings
    ]
    document = {
        "format": FORMAT, "command": "rollup", "as_of": result.as_of.isoformat(), "books": books,
        "rows": result.rows, "counts": {s: result.counts.get(s, 0) for s in RANK},
        "alike": _alike(result, clean), "summary": result.figures,
        "findings": findings, "written": [str(p) for p in result.written],
    }  # fmt: skip
    write(document)
