"""A supplement and single files in a real Chromium: opened by double click, without a network."""

import zipfile
from collections.abc import Iterator
from pathlib import Path

import pytest
from playwright.sync_api import Browser, Page

from browsing import search
from command_line import run

pytestmark = [pytest.mark.browser, pytest.mark.xdist_group("browser")]


@pytest.fixture(scope="module")
def out(tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = tmp_path_factory.mktemp("paper")
    specs = ("torchvision:alexnet", "torchvision:resnet18")
    done = run(
        "export", *specs, "-r", "32", "-r", "224", "--to", "out", "--format", "html", "--format", "supplement",
        cwd=folder,
    )  # fmt: skip
    assert done.returncode == 0, done.stderr
    with zipfile.ZipFile(folder / "out" / "supplement.zip") as archive:
        archive.extractall(folder)
    return folder


@pytest.fixture
def wrong() -> list[str]:
    return []


@pytest.fixture
def page(browser: Browser, wrong: list[str]) -> Iterator[Page]:
    context = browser.new_context(offline=True)
    context.set_default_timeout(120_000)  # a busy machine is no fault of a page's
    page = context.new_page()
    page.on("console", lambda m: wrong.append(m.text) if m.type in ("error", "warning") else None)
    page.on("pageerror", lambda error: wrong.append(str(error)))
    yield page
    context.close()


def _verdict_of(page: Page) -> str:
    """Give the verdict that the row of the border layer at 32 px shows."""
    return page.locator("#layer-layer2\\.0\\.bn2-0 td:nth-child(2)").inner_text().strip()


def test_a_single_file_needs_no_other(page: Page, wrong: list[str], out: Path) -> None:
    asked: list[str] = []
    page.on("request", lambda request: asked.append(request.url))
    page.goto((out / "out" / "html" / "resnet18.html").as_uri())
    page.wait_for_load_state("networkidle")
    assert [url for url in asked[1:] if not url.startswith("data:")] == []
    outside = "() => [...document.querySelectorAll('[src], link[href]')].map(e => e.src || e.href)"
    assert [url for url in page.evaluate(outside) if not url.startswith("data:")] == []
    lost = """() => [...document.querySelectorAll('a[href^="#"]')].map(e => e.getAttribute('href').slice(1))
        .filter(name => name && !document.getElementById(name))"""
    assert page.evaluate(lost) == []
    twice = """() => { const ids = [...document.querySelectorAll('[id]')].map(e => e.id)
        return ids.length - new Set(ids).size }"""
    assert page.evaluate(twice) == 0
    assert wrong == []


def test_the_switch_and_the_filter_of_a_single_file_work(page: Page, wrong: list[str], out: Path) -> None:
    page.goto((out / "out" / "html" / "resnet18.html").as_uri())
    assert "● productive" in _verdict_of(page)
    page.locator("label", has_text="32 px").click()
    assert "○ unproductive" in _verdict_of(page)
    page.locator(".rfa-tools input").fill("layer2.0")
    rows = page.locator(".rfa-layers tbody tr:visible")
    assert {text.strip().startswith("layer2.0") for text in rows.all_inner_texts()} == {True}
    assert wrong == []


def test_the_supplement_is_searched_and_switched(page: Page, wrong: list[str], out: Path) -> None:
    page.goto((out / "supplement" / "site" / "index.html").as_uri())
    hit = page.locator(".md-search-result__link").first
    search(page.locator(".md-search__input").first, "resnet18", hit)
    assert "resnet18" in (hit.get_attribute("href") or "")
    page.goto((out / "supplement" / "site" / "models" / "resnet18.html").as_uri())
    page.locator("label", has_text="32 px").click()
    assert "○ unproductive" in _verdict_of(page)
    assert wrong == []
