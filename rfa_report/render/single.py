"""A page of a built site -> one file that needs no other: styles, scripts and the method are in it."""

import base64
import re
from collections.abc import Mapping
from dataclasses import dataclass

from markupsafe import Markup

from rfa_report.pages.page import Page
from rfa_report.render.markdown import render

_ARTICLE = re.compile(r"<article\b.*?</article>", re.DOTALL)
_LINK = re.compile(r'<a\b([^>]*?)\shref="([^"]*)"')
_STYLE = re.compile(r'<link rel="stylesheet" href="\.\./([^"]+)"')
_SCRIPT = re.compile(r'<script src="\.\./([^"]+)"')
_SOURCE_MAP = re.compile(r"(//|/\*)# sourceMappingURL=\S+( \*/)?")

OURS = ("assets/vendor/tablesort/", "assets/vendor/panzoom/", "assets/rfa")
"""The scripts that a single page needs: those of the theme search and navigate between pages."""


@dataclass(frozen=True, slots=True)
class _Single:
    title: str
    icon: str
    styles: tuple[Markup, ...]
    scripts: tuple[Markup, ...]
    page: Markup
    method: Markup


def single(site: Mapping[str, bytes], slug: str, title: str) -> str:
    """Write the page of a model as one file, from the files of the built site."""
    own = f"{slug}.html"
    html = site[f"models/{own}"].decode()
    styles = [_text(site, path) for path in _STYLE.findall(html)]
    scripts = [_text(site, path) for path in _SCRIPT.findall(html) if path.startswith(OURS)]
    icon = base64.b64encode(site["assets/logo.svg"]).decode()
    data = _Single(
        title=title,
        icon=f"data:image/svg+xml;base64,{icon}",
        styles=tuple(Markup(style.replace("</style", r"<\/style")) for style in styles),
        scripts=tuple(Markup(script.replace("</script", r"<\/script")) for script in scripts),
        page=Markup(_alone(_article(html), own)),
        method=Markup(_alone(_article(site["method.html"].decode()), own)),
    )
    return render(Page("", "single.html.j2", data))


def _article(html: str) -> str:
    match = _ARTICLE.search(html)
    return match[0] if match else ""


def _alone(html: str, own: str) -> str:
    """Lead links to the method page to the method below, and take those to other pages away."""

    def link(match: re.Match[str]) -> str:
        before, address = match.groups()
        page, _, anchor = address.rpartition("/")[2].partition("#")
        if address.startswith(("https:", "#")):
            return match[0]
        inside = page in ("method.html", own)
        return f'<a{before} href="#{anchor or "method"}"' if inside else f"<a{before}"

    return _LINK.sub(link, html)


def _text(site: Mapping[str, bytes], path: str) -> str:
    return _SOURCE_MAP.sub("", site[path].decode())
