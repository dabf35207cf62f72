"""The index and the page of operators: sorted, filtered, readable without scripts."""

import pytest
from playwright.sync_api import Browser, Page

from browsing import Site, Watched, screenshot

pytestmark = [pytest.mark.browser, pytest.mark.xdist_group("browser")]


def seen(page: Page) -> list[str]:
    """List the architectures that the index shows, in its order."""
    rows = page.locator("#rfa-index tbody tr")
    seen = "rows => rows.filter(r => r.checkVisibility()).map(r => r.cells[0].innerText.trim())"
    return [*rows.evaluate_all(seen)]


def test_the_index_sorts(browser: Browser, site: Site) -> None:
    with Watched(browser, site, viewport={"width": 1440, "height": 900}) as watched:
        page = watched.open("index.html")
        assert len(seen(page)) == len(site.models())
        head = page.locator("#rfa-index thead th", has_text="Depth").first
        head.click()
        first = seen(page)
        head.press("Enter")
        assert seen(page) != first
        assert head.get_attribute("aria-sort") in ("ascending", "descending")


def test_the_index_filters_by_words_family_and_what_is_productive(browser: Browser, site: Site) -> None:
    with Watched(browser, site, viewport={"width": 1440, "height": 900}) as watched:
        page = watched.open("index.html")
        everything = seen(page)
        box = page.locator(".rfa-tools input[type=search]")
        box.fill("resnet18")
        assert seen(page) == ["resnet18"]
        box.fill("")
        page.get_by_label("Family", exact=True).select_option("swin_transformer")
        assert set(seen(page)) >= {"swin_t"}
        assert "resnet18" not in seen(page)
        screenshot(page, f"{site.engine}-index-filtered")
        page.get_by_label("Family", exact=True).select_option("")
        page.get_by_label("Productive everywhere at").select_option(label="productive everywhere at 224 px")
        large = seen(page)
        page.get_by_label("Productive everywhere at").select_option(label="productive everywhere at 32 px")
        assert {"alexnet", "resnet18"} <= set(large)
        assert "resnet18" not in seen(page)
        page.get_by_label("Productive everywhere at").select_option("")
        assert seen(page) == everything
        families = watched.open("families.html")
        assert families.locator(".rfa-tools input[type=search]").count() == 1
        assert families.get_by_label("Family", exact=True).count() == 0, "a family a row: nothing to choose"


def test_failures_stand_in_the_index(browser: Browser, site: Site) -> None:
    with Watched(browser, site) as watched:
        index = watched.open("index.html").locator("main").inner_text()
        assert "refused" in index
        assert "failed" in index


def test_operators_can_be_read_without_scripts_and_sorted_with_them(browser: Browser, site: Site) -> None:
    with Watched(browser, site, java_script_enabled=False) as watched:
        first = watched.open("operators.html").locator("#rfa-operators tbody tr").first
        assert "neutral on purpose" in first.inner_text()
        assert first.locator("a[href^='models/']").count() >= 1
    with Watched(browser, site) as watched:
        page = watched.open("operators.html")
        page.locator("#rfa-operators thead th", has_text="Used by").click()
        used = [int(text) for text in page.locator("#rfa-operators tbody td.n").all_inner_texts()]
        assert used == sorted(used)
        assert len(set(used)) > 1


def test_every_table_of_numbers_can_be_copied(browser: Browser, site: Site) -> None:
    with Watched(browser, site) as watched:
        for path in ("published.html", "resolutions.html", "method.html", "families.html", "history.html"):
            page = watched.open(path)
            tables = page.locator("[role='region'] table").count()
            assert page.get_by_role("button", name="Copy this table as CSV").count() == tables > 0, path
