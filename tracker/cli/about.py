"""tracker schema, tracker doctor: what the program knows and where it stands."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING, Any

import click

from tracker.cli.options import FORMAT, PATH, console_of, speaking
from tracker.cli.output import Console

if TYPE_CHECKING:
    from collections.abc import Iterator

    from tracker.api.config import Config
    from tracker.errors import TrackerError
    from tracker.schema.model import Column, Module, Schema

_NEED = {
    "zh": {"required": "必填", "recommended": "建议", "optional": ""},
    "en": {"required": "required", "recommended": "recommended", "optional": ""},
}


@click.command()
@click.argument("module", required=False)
@click.option(
    "--check", "folder", type=PATH, metavar="DIR", help="Check customised schema files instead."
)
@FORMAT
@speaking
def schema(module: str | None, folder: Path | None, output: str, **options: Any) -> int:
    """The data dictionary: modules, or the columns of one."""
    console = console_of(options)
    if folder is not None:
        return _check(folder, console, output)
    found, lang = _schema()[0], console.language()
    chosen = [_module(found, module)] if module else list(found.modules.values())
    if output == "json":
        from tracker.cli.jsonout import write

        write(
            {
                "format": 1,
                "command": "schema",
                "version": found.version,
                "modules": [_as_dict(m) for m in chosen],
            }
        )
    else:
        for m in chosen:
            _print_module(m, console, lang, columns=module is not None)
    return 0


def _schema() -> tuple[Schema, Config]:
    """The schema that holds in this folder, and the configuration that says so."""
    from tracker.api import config as configs
    from tracker.schema.load import load

    config = configs.here()
    return load(config.schema), config


def _check(folder: Path, console: Console, output: str) -> int:
    """Say whether the schema files of a folder can be read, and what is wrong with them."""
    from tracker.errors import SchemaError
    from tracker.schema.load import load

    lang, faults = console.language(), list[dict[str, Any]]()
    try:
        modules = list(load(folder).modules)
    except SchemaError as e:
        if output == "text":
            raise
        modules = []
        faults = [{"path": str(e.facts["path"]), "line": e.facts["line"], "message": e.facts[lang]}]
    if output == "json":
        from tracker.cli.jsonout import FORMAT as VERSION
        from tracker.cli.jsonout import write

        found = {"path": str(folder), "modules": modules, "faults": faults}
        write({"format": VERSION, "command": "schema", "check": found})
        return SchemaError.exit_code if faults else 0
    zh = f"{folder}：{len(modules)} 个模块，没有问题"
    console.print(zh if lang == "zh" else f"{folder}: {len(modules)} modules, no fault")
    return 0


def _module(found: Schema, name: str) -> Module:
    for m in found.modules.values():
        if name in (m.name, *m.sheet.values()):
            return m
    known = ", ".join(found.modules)
    raise click.UsageError(f"没有模块“{name}” / no module {name} ({known})")


def _print_module(m: Module, console: Console, lang: str, *, columns: bool) -> None:
    console.print(
        console.paint(f"{m.name}  {m.sheet['zh']} / {m.sheet['en']}  ({len(m.columns)})", "bold")
    )
    for c in m.columns if columns else ():
        need = _NEED[lang][c.need] if c.owner == "input" else c.owner
        console.print(f"  {c.label(lang)}  [{c.name}]  {c.type}  {c.pack}  {need}".rstrip())
        if c.picks:
            console.print("      " + "、".join(f"{p.label(lang)}={p.code}" for p in c.picks))
        if c.help.get(lang):
            console.print(console.paint(f"      {c.help[lang]}", "dim"))


def _as_dict(m: Module) -> dict[str, Any]:
    return {
        "module": m.name, "sheet": dict(m.sheet), "id": m.id_field,
        "natural_key": list(m.natural_key), "columns": [_column(c) for c in m.columns],
    }  # fmt: skip


def _column(c: Column) -> dict[str, Any]:
    return {
        "field": c.name, "zh": c.label("zh"), "en": c.label("en"), "type": c.type, "owner": c.owner,
        "need": c.need, "pack": c.pack, "class": c.data_class, "aliases": list(c.aliases),
        "values": [{"code": p.code, "zh": p.zh, "en": p.en} for p in c.picks],
        "help": dict(c.help),
    }  # fmt: skip


@click.command()
@FORMAT
@speaking
def doctor(output: str, **options: Any) -> int:
    """Versions, the configuration found, which optional parts are present, the history's size."""
    console = console_of(options)
    facts = _facts()
    lang = console.language()
    facts["warnings"] = [*(e.message(lang) for e in _faults()), *(w[lang] for w in _warnings())]
    if output == "json":
        from tracker.cli.jsonout import write

        write({"format": 1, "command": "doctor", **facts})
        return 0
    warnings = facts.pop("warnings")
    for key, value in facts.items():
        if isinstance(value, dict):
            console.print(console.paint(key, "bold"))
            for name, said in value.items():
                console.print(f"  {name}: {said if said is not None else '—'}")
        else:
            console.print(f"{key}: {value if value is not None else '—'}")
    for warning in warnings:
        console.print(console.paint(warning, "warning"))
    return 0


def _faults() -> Iterator[TrackerError]:
    """What is wrong with the configuration and with what it names: each part that can be looked at."""
    from tracker.api import config as configs
    from tracker.api.blocks import refuse_unknown_blocks
    from tracker.api.book import schema_for
    from tracker.errors import TrackerError

    try:
        config = configs.here()
    except TrackerError as e:
        yield e
        return
    named = config.thresholds.get("summary", {}).get("blocks", ())
    for look in (
        lambda: config.zone,
        lambda: config.over(schema_for(config)),
        lambda: refuse_unknown_blocks(config, named),
    ):
        try:
            look()
        except TrackerError as e:
            yield e


def _warnings() -> list[dict[str, str]]:
    """What is amiss, in both languages: folders of the history that others may look into."""
    from tracker.history.store import Store

    return [
        {
            "zh": f"{folder} 的权限是 {mode:04o}，别人可能看到工作簿的历史；请改为 0700",
            "en": f"{folder} has mode {mode:04o}: others may see the history of workbooks; make it 0700",
        }
        for folder, mode in Store().open_folders()
    ]


def _facts() -> dict[str, Any]:
    import platform

    from tracker import __version__
    from tracker.api import config as configs
    from tracker.history.store import Store
    from tracker.opc.statedir import state_dir
    from tracker.resources import schema_dir, template_dir

    config = configs.find(Path("book.xlsx"))
    needed, optional = _dependencies()
    return {
        "tracker": __version__,
        "python": platform.python_version(),
        "system": platform.platform(terse=True),
        "packages": {name: _version(name) for name in needed},
        "optional": {name: _version(name) for name in optional},
        "config": str(config) if config else None,
        "schemas": str(schema_dir()),
        "templates": str(template_dir()),
        "state": str(state_dir()),
        "history": Store().usage()._asdict(),
    }


def _dependencies() -> tuple[list[str], list[str]]:
    """Names of the packages that are needed, and of those that extras bring (but for development)."""
    import re
    from importlib.metadata import requires

    needed, optional = set[str](), {"keyring"}  # asked for passwords where it is installed
    for line in requires("tracker") or ():
        name = re.split(r"[^\w.-]", line, maxsplit=1)[0].lower()
        extra = re.search(r"extra == ['\"]([^'\"]+)", line)
        if extra is None:
            needed.add(name)
        elif extra[1] != "dev":
            optional.add(name)
    return sorted(needed - {"tracker"}), sorted(optional - needed - {"tracker"})


def _version(name: str) -> str | None:
    from importlib.metadata import PackageNotFoundError, version

    try:
        return version(name)
    except PackageNotFoundError:
        return None
