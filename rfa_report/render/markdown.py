"""Pages and fragments -> text, by Jinja templates; the only file that knows Jinja.

Every string that a template prints is escaped exactly once: for Markdown in `*.md.j2`, for HTML in `*.html.j2`. A value
that goes into front matter or into an attribute passes a filter instead (`| yaml`, `| attr`), whose result is printed
as it is. A fragment is parsed as a template once more, by MkDocs, so what would look like one is written as entities.
"""

import json
import re
from collections.abc import Callable
from functools import lru_cache

from jinja2 import Environment, FileSystemLoader, StrictUndefined
from markupsafe import Markup, escape

from rfa_report import assets
from rfa_report.pages.page import Fragment, Page

FOLDERS = ("site", "review")
"""Where the templates of pages and fragments lie, below `templates/`."""

_ACTIVE = re.compile(r"[\\`*\[\]{}|]|(?<!\w)_|_(?!\w)")
_SPACE = re.compile(r"[^\S\u00a0]+")
_OPENS_TEMPLATE = re.compile(r"\{(?=[{%#])")


def render(page: Page | Fragment) -> str:
    """Print a page as Markdown, or a fragment as HTML that MkDocs can include."""
    environment = _html() if page.template.endswith(".html.j2") else _markdown()
    text = environment.get_template(page.template).render(data=page.data)
    return verbatim(text) if isinstance(page, Fragment) else text


def verbatim(html: str) -> str:
    """Make HTML or SVG safe to include: nothing in it opens a Jinja expression, statement or comment."""
    return _OPENS_TEMPLATE.sub("&#123;", html)


def markdown_text(value: object) -> object:
    """Escape a string so that Markdown shows it as it is, on one line; anything else is returned as it is."""
    if not isinstance(value, str) or isinstance(value, Markup):
        return value
    entities = _flat(value).replace("&", "&amp;").replace("<", "&lt;").replace(">", "&gt;")
    return _ACTIVE.sub(lambda match: f"&#{ord(match[0])};", entities)


def yaml_text(value: object) -> Markup:
    """Write a value as YAML for front matter, on one line; MkDocs prints it into HTML as it is, so it is escaped."""
    return Markup(json.dumps(str(escape(_flat(value))) if isinstance(value, str) else value, ensure_ascii=False))


def attribute_text(value: object) -> Markup:
    """Escape a string for an attribute of HTML within Markdown."""
    return Markup(_ACTIVE.sub(lambda match: f"&#{ord(match[0])};", str(escape(_flat(str(value))))))


def _flat(text: str) -> str:
    return _SPACE.sub(" ", text)


@lru_cache(maxsize=1)
def _markdown() -> Environment:
    environment = _environment(finalize=markdown_text)
    environment.filters |= {"yaml": yaml_text, "attr": attribute_text}
    return environment


@lru_cache(maxsize=1)
def _html() -> Environment:
    return _environment(autoescape=True)


def _environment(*, autoescape: bool = False, finalize: Callable[[object], object] | None = None) -> Environment:
    return Environment(
        loader=FileSystemLoader([assets.templates() / folder for folder in FOLDERS]),
        undefined=StrictUndefined,
        autoescape=autoescape,
        finalize=finalize,
        trim_blocks=True,
        lstrip_blocks=True,
        keep_trailing_newline=True,
    )
