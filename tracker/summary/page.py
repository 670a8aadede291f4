"""From the context to the page: the Jinja environment, its limits and its messages."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from pathlib import Path
from types import TracebackType
from typing import TYPE_CHECKING

from tracker.errors import TemplateError
from tracker.resources import template_dir

if TYPE_CHECKING:
    from jinja2.sandbox import SandboxedEnvironment
    from markupsafe import Markup

TEMPLATE = "summary.html.j2"
TEXTS = "summary.texts.yaml"
_LONGEST = 20_000_000  # characters of a page
_LONGEST_VALUE = 100_000  # characters or items that one expression may make
# These make a text as long as a number says, past what the sandbox watches.
_PADDING = frozenset({"ljust", "rjust", "center", "zfill", "expandtabs", "format", "format_map"})
_BROKEN = (TypeError, ValueError, ArithmeticError, LookupError, AttributeError, RecursionError)


def render_page(context: Mapping[str, object], folder: Path | None = None) -> str:
    """The page as HTML, in the language that `context["lang"]` names.

    `folder` is a user's own template folder; what it lacks comes from the shipped one. Raises
    TemplateError with template and line for a mistake in the template or its texts.
    """
    folders = [*([folder] if folder else []), template_dir()]
    lang = str(context["lang"])
    words = texts(folders, lang)
    environment = _environment(folders, lang)
    return _guarded(lambda: _joined(environment, {**context, "t": words}))


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


def _environment(folders: list[Path], lang: str) -> SandboxedEnvironment:
    import jinja2

    from tracker.summary import chartspec, marks, svg

    env = _sandbox()(
        loader=jinja2.FileSystemLoader(folders),
        autoescape=True,
        optimized=False,  # it costs more than one rendering gains
        undefined=jinja2.StrictUndefined,
        finalize=marks.finalizer(lang),
        trim_blocks=True,
        lstrip_blocks=True,
    )

    def chart(*args: object, **options: object) -> Markup:
        make: Callable[..., chartspec.ChartSpec] = chartspec.make
        return svg.figure(make(*args, **options))

    for name in ("center", "format", "indent", "wordwrap"):
        del env.filters[name]
    env.filters.update(marks.FILTERS)
    env.globals.update(spark=svg.spark, chart=chart)
    return env


def _sandbox() -> type[SandboxedEnvironment]:
    from jinja2.exceptions import SecurityError
    from jinja2.sandbox import ImmutableSandboxedEnvironment

    class Sandbox(ImmutableSandboxedEnvironment):
        """Jinja's sandbox, with a bound on what one expression may make."""

        intercepted_binops = frozenset({"*", "**", "%"})

        def call_binop(self, context: object, operator: str, left: object, right: object) -> object:
            if _too_much(operator, left, right):
                raise SecurityError(f"the result of {operator} would be too long")
            return super().call_binop(context, operator, left, right)  # type: ignore[arg-type]  # jinja passes its own context

        def is_safe_attribute(self, obj: object, attr: str, value: object) -> bool:
            padding = isinstance(obj, str) and attr in _PADDING
            return not padding and super().is_safe_attribute(obj, attr, value)

    return Sandbox


def _too_much(operator: str, left: object, right: object) -> bool:
    if operator == "%":
        return isinstance(left, str)
    sizes = [len(v) for v in (left, right) if isinstance(v, str | list | tuple)]
    counts = [abs(v) for v in (left, right) if isinstance(v, int)]
    if operator == "**":
        return not (len(counts) == 2 and counts[0] <= 1000 and counts[1] <= 20)
    return bool(sizes) and max(sizes) * max(counts, default=0) > _LONGEST_VALUE


def _joined(env: SandboxedEnvironment, context: Mapping[str, object]) -> str:
    pieces, length = [], 0
    for piece in env.get_template(TEMPLATE).generate(context):
        length += len(piece)
        if length > _LONGEST:
            raise ValueError(f"the page is longer than {_LONGEST:,} characters")
        pieces.append(piece)
    return "".join(pieces)


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
