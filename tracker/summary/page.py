"""From the context to the page: the Jinja environment, its limits and its messages."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from functools import lru_cache
from hashlib import sha256
from pathlib import Path
from types import TracebackType
from typing import TYPE_CHECKING, Any

from tracker.errors import TemplateError
from tracker.opc.derived import recall, remember
from tracker.resources import template_dir

if TYPE_CHECKING:
    from markupsafe import Markup

    from tracker.summary.sandbox import Sandbox

TEMPLATE = "summary.html.j2"
TEXTS = "summary.texts.yaml"
BLOCKS = "blocks"
_FOLDERS = (BLOCKS, "report", "team")
_BLOCK = "block_"
_BROKEN = (TypeError, ValueError, ArithmeticError, LookupError, AttributeError, RecursionError,
           SyntaxError, MemoryError, OSError)  # fmt: skip


def render_page(context: Mapping[str, object], folder: Path | None = None) -> str:
    """The page as HTML, in the language that `context["lang"]` names.

    `folder` is a user's own template folder; what it lacks comes from the shipped one. Raises
    TemplateError with template and line for a mistake in the template or its texts.
    """
    return render(TEMPLATE, context, folder, {"t": TEXTS})


def render(
    template: str, context: Mapping[str, object], folder: Path | None, words: Mapping[str, str]
) -> str:
    """A page of any template; `words` says which file of texts it knows under which name.

    `context["lang"]` and `folder` as for `render_page`, as is what is raised.
    """
    folders, lang = template_folders(folder), str(context["lang"])
    known = {name: texts(folders, lang, file) for name, file in words.items()}
    environment = _environment(folders, lang, known["t"])
    page = _guarded(lambda: environment.get_template(template).render({**context, **known}))
    environment.keep_compiled()
    return page


def template_folders(folder: Path | None) -> list[Path]:
    """Where templates are looked for: a user's own folder, then the shipped one."""
    return [*([folder] if folder else []), template_dir()]


def has_block(name: str, folders: list[Path]) -> bool:
    """Whether one of the folders has the template of a block."""
    return any((folder / BLOCKS / f"{name}.html.j2").is_file() for folder in folders)


def texts(folders: list[Path], lang: str, name: str = TEXTS) -> dict[str, str]:
    """The words of a template in one language; those of the first folders come first."""
    found: dict[str, str] = {}
    for folder in reversed(folders):
        table = _table(folder / name) if (folder / name).is_file() else {}
        try:
            found |= {str(key): str(words[lang]) for key, words in table.items()}
        except (KeyError, TypeError, AttributeError) as error:
            raise _mistake(name, 1, error) from error
    return found


def titles(folders: list[Path]) -> dict[str, list[str]]:
    """The names of all blocks with their titles: the texts that begin with `block_`."""
    both = [texts(folders, lang) for lang in ("zh", "en")]
    keys = [key for key in both[0] if key.startswith(_BLOCK)]
    return {key.removeprefix(_BLOCK): [words[key] for words in both] for key in keys}


def _table(path: Path) -> Any:
    """What a file of texts holds."""
    try:
        return _kept(path, path.read_text("utf-8"))
    except (OSError, UnicodeDecodeError) as error:
        raise _mistake(path.name, 1, error) from error


@lru_cache(maxsize=16)
def _kept(path: Path, source: str) -> Any:
    """What a file's YAML says, from an earlier run where one has read it."""
    kind = f"texts-{sha256(str(path).encode('utf-8', 'replace')).hexdigest()[:12]}"
    found = recall(kind, source)
    if found is None:
        found = _parsed(path.name, source)
        remember(kind, found, source)
    return found


def _parsed(name: str, source: str) -> Any:
    """What YAML says; by the C reader of PyYAML where it is built in, both are safe loaders."""
    import yaml

    loader = getattr(yaml, "CSafeLoader", yaml.SafeLoader)
    try:
        return yaml.load(source, Loader=loader)  # noqa: S506  # a safe loader
    except yaml.YAMLError as error:
        mark = getattr(error, "problem_mark", None)
        raise _mistake(name, mark.line + 1 if mark else 1, error) from error


def _environment(folders: list[Path], lang: str, words: Mapping[str, str]) -> Sandbox:
    import jinja2

    from tracker.summary import chartspec, marks, svg, tables
    from tracker.summary.sandbox import Sandbox, compiled

    env = Sandbox(
        marks.finalizer(lang),
        loader=jinja2.FileSystemLoader(folders),
        optimized=False,  # it costs more than one rendering gains
        bytecode_cache=compiled(lang),
        trim_blocks=True,
        lstrip_blocks=True,
    )

    def chart(*args: object, **options: object) -> Markup:
        make: Callable[..., chartspec.ChartSpec] = chartspec.make
        return svg.figure(make(*args, **options))

    env.add_filters(marks.FILTERS)
    env.globals.update(spark=svg.spark, chart=chart)
    env.globals.update(tables.functions(words))
    return env


def _guarded(render: Callable[[], str]) -> str:
    import jinja2

    try:
        return render()
    except jinja2.TemplateSyntaxError as error:
        raise _mistake(error.name or TEMPLATE, error.lineno, error) from error
    except (jinja2.TemplateError, *_BROKEN) as error:
        name, line = _place(error.__traceback__)
        raise _mistake(name, line, error) from error


def _place(trace: TracebackType | None) -> tuple[str, int]:
    """Template and line of the innermost frame that lies in a template."""
    place = (TEMPLATE, 1)
    while trace:
        path = Path(trace.tb_frame.f_code.co_filename)
        if path.suffix in {".j2", ".jinja", ".html"}:
            name = f"{path.parent.name}/{path.name}" if path.parent.name in _FOLDERS else path.name
            place = (name, trace.tb_lineno)
        trace = trace.tb_next
    return place


def _mistake(template: str, line: int, error: Exception) -> TemplateError:
    why = " ".join(str(error).split()) or type(error).__name__
    return TemplateError(
        template=template,
        line=line,
        zh=f"{why}。请改正这一行，或删去自己的模板以使用自带的模板",
        en=f"{why}. Correct this line, or remove your template to use the shipped one",
    )
