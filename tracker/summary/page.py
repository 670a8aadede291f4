"""From the context to the page: the Jinja environment, its limits and its messages."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from pathlib import Path
from types import TracebackType
from typing import TYPE_CHECKING

from tracker.errors import TemplateError
from tracker.resources import template_dir

if TYPE_CHECKING:
    from markupsafe import Markup

    from tracker.summary.sandbox import Sandbox

TEMPLATE = "summary.html.j2"
TEXTS = "summary.texts.yaml"
_BROKEN = (TypeError, ValueError, ArithmeticError, LookupError, AttributeError, RecursionError,
           SyntaxError, MemoryError, OSError)  # fmt: skip


def render_page(context: Mapping[str, object], folder: Path | None = None) -> str:
    """The page as HTML, in the language that `context["lang"]` names.

    `folder` is a user's own template folder; what it lacks comes from the shipped one. Raises
    TemplateError with template and line for a mistake in the template or its texts.
    """
    folders = [*([folder] if folder else []), template_dir()]
    lang = str(context["lang"])
    words = texts(folders, lang)
    environment = _environment(folders, lang)
    return _guarded(lambda: environment.get_template(TEMPLATE).render({**context, "t": words}))


def texts(folders: list[Path], lang: str) -> Mapping[str, str]:
    """The words of the template in one language, from the first folder that has them."""
    import yaml

    path = next((f / TEXTS for f in folders if (f / TEXTS).is_file()), folders[-1] / TEXTS)
    try:
        table = yaml.load(path.read_text("utf-8"), Loader=_loader())  # noqa: S506  # a safe loader
        return {str(key): str(words[lang]) for key, words in table.items()}
    except yaml.YAMLError as error:
        mark = getattr(error, "problem_mark", None)
        raise _mistake(TEXTS, mark.line + 1 if mark else 1, error) from error
    except (KeyError, TypeError, AttributeError, OSError, UnicodeDecodeError) as error:
        raise _mistake(TEXTS, 1, error) from error


def _loader() -> type:
    """The C reader of PyYAML where it is built in; both are safe loaders."""
    import yaml

    return getattr(yaml, "CSafeLoader", yaml.SafeLoader)


def _environment(folders: list[Path], lang: str) -> Sandbox:
    import jinja2

    from tracker.summary import chartspec, marks, svg
    from tracker.summary.sandbox import Sandbox

    env = Sandbox(
        marks.finalizer(lang),
        loader=jinja2.FileSystemLoader(folders),
        optimized=False,  # it costs more than one rendering gains
        trim_blocks=True,
        lstrip_blocks=True,
    )

    def chart(*args: object, **options: object) -> Markup:
        make: Callable[..., chartspec.ChartSpec] = chartspec.make
        return svg.figure(make(*args, **options))

    env.add_filters(marks.FILTERS)
    env.globals.update(spark=svg.spark, chart=chart)
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
            place = (path.name, trace.tb_lineno)
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
