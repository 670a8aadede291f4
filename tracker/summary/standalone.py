"""Pages that stand alone: the Summary with what a reader outside the workbook needs beside it."""

from __future__ import annotations

import re
from collections.abc import Mapping
from pathlib import Path

from markupsafe import Markup

from tracker.errors import TemplateError
from tracker.resources import template_dir
from tracker.summary.dark import darkened
from tracker.summary.page import TEMPLATE, render

REPORT = "report.html.j2"
CUSTOMER = "customer.html.j2"
CSS = "report.css"
WORDS = {"t": "report.texts.yaml", "a": "agenda.texts.yaml"}
"""Name in the template -> file of texts."""
_STYLE = re.compile(r"<style[^>]*>(.*?)</style>", re.S)
_BODY = re.compile(r"<body[^>]*>(.*)</body>", re.S)
_TITLE = re.compile(r"<h1>.*?</h1>\s*", re.S)
_LEAD = re.compile(r'<p class="lead">.*?</p>\s*', re.S)
_INSIDE = re.compile(r'<a href="#[^"]*">')


def report_page(context: Mapping[str, object], summary: str, folder: Path | None = None) -> str:
    """The report: `context`, and under it the Summary's page, in light and dark.

    `folder` is a user's own template folder. Raises TemplateError with template and line.
    """
    body = _BODY.search(summary)
    if body is None:
        raise TemplateError(
            template=TEMPLATE,
            line=1,
            zh="网页里没有 <body>…</body>，无法放进报告。请改正模板",
            en="its page has no <body>…</body> to put into the report. Correct it",
        )
    css = "\n".join([*_STYLE.findall(summary), _css(folder)])
    own = body[1] if context.get("review") else _TITLE.sub("", body[1], count=1)
    own = _LEAD.sub("", own, count=1)  # the report's own head says the same
    inside = Markup(_INSIDE.sub("<a>", own))  # noqa: S704 - made by the Summary's own template
    return _page(REPORT, {**context, "summary": inside}, css, folder)


def customer_page(context: Mapping[str, object], folder: Path | None = None) -> str:
    """The page of one customer, in light and dark. Raises as `report_page`."""
    return _page(CUSTOMER, context, _css(folder), folder)


def _page(template: str, context: Mapping[str, object], css: str, folder: Path | None) -> str:
    style = Markup(css)  # noqa: S704 - out of the folders of templates
    return darkened(render(template, {**context, "style": style}, folder, WORDS))


def _css(folder: Path | None) -> str:
    """The style sheet, a user's own before the shipped one."""
    own = folder / CSS if folder else None
    path = own if own is not None and own.is_file() else template_dir() / CSS
    try:
        text = path.read_text("utf-8")
    except (OSError, UnicodeDecodeError) as e:
        raise _unreadable(str(e)) from e
    if "</" in text:
        raise _unreadable("</ …")
    return text


def _unreadable(why: str) -> TemplateError:
    return TemplateError(
        template=CSS,
        line=1,
        zh=f"样式表用不了：{why}。请改正，或删去自己的样式表",
        en=f"the style sheet cannot be used: {why}. Correct it, or remove your own",
    )
