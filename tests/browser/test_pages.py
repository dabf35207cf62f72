"""Pages of every kind: quiet, within their width, accessible; and no link of any page leads nowhere."""

import re
from dataclasses import replace
from html.parser import HTMLParser
from math import inf
from pathlib import Path
from typing import Any
from urllib.parse import unquote

import pytest
from axe_playwright_python.sync_playwright import Axe
from playwright.sync_api import Browser

from browsing import SCHEMES, Site, Watched, screenshot, search, served

pytestmark = [pytest.mark.browser, pytest.mark.xdist_group("browser")]

WIDTHS = (360, 768, 1440)
CHECKED = {"light": {}, "dark": {"runOnly": ["color-contrast", "link-in-text-block"]}}
"""What is checked of a page: in the dark, what colours decide; the rest is the same page."""

MOST_BYTES = 200_000
"""How long a page may be that is checked with every run: a graph of hundreds of layers takes minutes."""

CUT_OFF = """[...document.querySelectorAll(".rfa-chart svg text:not([transform])")].filter(text => {
    const box = text.getBBox(), all = text.ownerSVGElement.viewBox.baseVal
    return box.x < all.x || box.x + box.width > all.x + all.width
}).map(text => text.textContent)"""
"""What stands in a chart, and not whole."""


def test_there_is_a_page_of_every_kind(site: Site) -> None:
    folders = {path.rpartition("/")[0] for path in site.kinds()}
    assert folders >= {"", "models", "families", "resolutions", "compare", "changes"}
    assert "history.html" in site.pages()


def test_the_title_of_the_site_is_shown_as_it_is_written(browser: Browser, site: Site) -> None:
    with Watched(browser, site) as watched:
        page = watched.open("method.html")
        title = 'Nets <b>& "company"'
        assert page.title().endswith(title)
        assert page.locator(".md-header__topic").first.inner_text().strip() == title
        assert page.locator(".md-header .md-logo").get_attribute("aria-label") == title
        assert page.locator("meta[property='og:site_name']").get_attribute("content") == title


def test_pages_are_quiet_and_fit_at_every_width(browser: Browser, site: Site) -> None:
    with Watched(browser, site) as watched:
        for path in site.pages():
            page = watched.open(path)
            assert page.locator("h1").count() == 1, path
            assert page.evaluate(CUT_OFF) == [], path
            for width in WIDTHS:
                page.set_viewport_size({"width": width, "height": 900})
                fits = "width => document.documentElement.scrollWidth <= width"
                page.wait_for_function(fits, arg=width)  # once nothing moves
                screenshot(page, f"{site.engine}-{Path(path).stem}", width)
            page.close()


@pytest.mark.parametrize("scheme", SCHEMES)
def test_pages_are_accessible(request: pytest.FixtureRequest, browser: Browser, site: Site, scheme: str) -> None:
    found = []
    most = inf if request.config.getoption("--whole-zoo") else MOST_BYTES
    options: Any = {"viewport": {"width": 1280, "height": 900}, "color_scheme": scheme}
    with served(site.folder) as base, Watched(browser, replace(site, base=base), **options) as watched:
        for path in site.kinds(most):
            page = watched.open(path)
            page.wait_for_timeout(200)
            for violation in Axe().run(page, options=CHECKED[scheme]).response["violations"]:
                nodes = [node["html"][:120] for node in violation["nodes"][:3]]
                found.append((path, violation["impact"], violation["id"], nodes))
            page.close()
    assert found == []


class _Names(HTMLParser):
    """Collect the ids and the links of a page."""

    def __init__(self, text: str) -> None:
        super().__init__()
        self.ids: set[str] = set()
        self.links: set[str] = set()
        self.feed(text)

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        for name, value in attrs:
            if name == "id" and value:
                assert value not in self.ids or tag not in ("tr", "a"), f"two elements are called {value}"
                self.ids.add(value)
            elif name in ("href", "src") and value:
                self.links.add(value)


def test_no_link_and_no_anchor_leads_nowhere(site: Site) -> None:
    names = {path: _Names((site.folder / path).read_text(encoding="utf-8")) for path in site.pages()}
    broken = []
    for path, found in names.items():
        for link in found.links:
            target, _, anchor = link.partition("#")
            if re.match(r"[a-z]+:", target) or (path == "404.html" and target.startswith("/")):
                continue
            target = target.partition("?")[0]
            file = (site.folder / path).parent / unquote(target) if target else site.folder / path
            file = file / "index.html" if file.is_dir() else file
            known = names.get(file.resolve().relative_to(site.folder.resolve()).as_posix()) if file.is_file() else None
            if not file.is_file() or (anchor and known and unquote(anchor) not in known.ids):
                broken.append((path, link))
    assert broken == []
    assert sum(len(found.links) for found in names.values()) > 100


def test_search_finds_every_architecture_and_the_page_of_a_layer(browser: Browser, site: Site) -> None:
    with Watched(browser, site) as watched:
        page = watched.open("index.html")
        page.wait_for_timeout(300)
        if site.engine == "zensical":
            page.locator(".md-search__button").click()
            box = page.get_by_role("combobox", name="Search")
        else:
            box = page.locator(".md-search__input")
        for words, model in [*((name, name) for name in site.models()), ("layer3.1.bn2", "resnet18")]:
            search(box, words, page.locator(f"[href*='models/{model}.html?']").first)
