"""The built site in a real Chromium, opened as a file and without a network."""

import os
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

import pytest
from playwright.sync_api import Browser, Page, sync_playwright

FLAGS = ["--no-sandbox", "--disable-gpu", "--disable-quic", "--disable-background-networking", "--disable-sync"]
PAGES = (
    "index.html",
    "operators.html",
    "method.html",
    "models/alexnet.html",
    "models/resnet18.html",
    "models/broken.html",
)

pytestmark = [pytest.mark.browser, pytest.mark.xdist_group("browser")]

LOOKS = """e => [e, ...e.querySelectorAll('*')].map(x => {
    const style = getComputedStyle(x);
    return style.fill + style.backgroundColor + style.color + style.display;
}).join()"""
"""What an element and everything in it look like, as one text."""

CONFIG = """
resolutions = [32, 64, 224]
[[models]]
spec = "torchvision:alexnet"
[[models]]
spec = "torchvision:resnet18"
[[models]]
spec = "torchvision:vit_b_16"
[[models]]
spec = "nets.py:broken"
"""


@pytest.fixture(scope="module")
def site(tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = tmp_path_factory.mktemp("zoo")
    (folder / "rfa-report.toml").write_text(CONFIG)
    (folder / "nets.py").write_text("def broken():\n    raise ValueError('<b>broken</b> {{ on }} purpose')\n")
    done = subprocess.run([sys.executable, "-m", "rfa_report", "build"], cwd=folder, capture_output=True, text=True)
    assert done.returncode == 1, done.stderr
    return folder / "rfa-site" / "site"


@pytest.fixture(scope="module")
def browser(chromium: str) -> Iterator[Browser]:
    with sync_playwright() as playwright:
        started = playwright.chromium.launch(executable_path=chromium, args=FLAGS)
        yield started
        started.close()


class Watched:
    """Open pages and keep what went wrong."""

    def __init__(self, browser: Browser, site: Path, **options: object) -> None:
        self.context = browser.new_context(**options)  # type: ignore[arg-type]
        self.site, self.wrong = site, list[str]()

    def open(self, path: str) -> Page:
        page = self.context.new_page()
        page.on("console", lambda m: self.wrong.append(m.text) if m.type in ("error", "warning") else None)
        page.on("pageerror", lambda error: self.wrong.append(str(error)))
        page.on("requestfailed", lambda r: self.wrong.append(f"failed {r.url}"))
        page.on(
            "request", lambda r: None if r.url.startswith(("file:", "data:", "blob:")) else self.wrong.append(r.url)
        )
        page.goto(f"{self.site.as_uri()}/{path}")
        return page


@pytest.mark.parametrize("path", PAGES)
@pytest.mark.parametrize("width", [360, 768, 1440])
@pytest.mark.parametrize("scheme", ["light", "dark"])
def test_page_is_quiet_and_fits(browser: Browser, site: Path, path: str, width: int, scheme: str) -> None:
    watched = Watched(browser, site, viewport={"width": width, "height": 900}, color_scheme=scheme)
    page = watched.open(path)
    page.wait_for_timeout(300)
    if folder := os.environ.get("RFA_SCREENSHOTS"):
        name = f"{Path(path).stem}-{scheme}-{width}.png"
        Path(folder).mkdir(parents=True, exist_ok=True)
        page.screenshot(path=Path(folder) / name)
    assert watched.wrong == []
    assert page.evaluate("document.documentElement.scrollWidth") <= width, "the page scrolls sideways"
    assert page.locator("h1").count() == 1
    watched.context.close()


def test_switch_recolours_graph_table_and_chart(browser: Browser, site: Path) -> None:
    page = Watched(browser, site).open("models/resnet18.html")
    fills = []
    for index in (0, 2):
        page.locator(f"label[for=rfa-r-{index}]").click()
        assert page.locator(f"#rfa-r-{index}").is_checked()
        node = page.locator(".rfa-graph .v0-unproductive.v2-productive rect").first
        chart = page.locator(".rfa-chart .v0-unproductive.v2-productive").first
        row = page.locator("tr.v0-unproductive.v2-productive").first
        fills.append([found.evaluate(LOOKS) for found in (node, chart, row)])
    for small, large in zip(*fills, strict=True):
        assert small != large


def test_choice_is_remembered_and_can_be_given_in_the_address(browser: Browser, site: Path) -> None:
    watched = Watched(browser, site)
    assert watched.open("models/resnet18.html?r=32").locator("#rfa-r-0").is_checked()
    first = watched.open("models/resnet18.html")
    first.locator("label[for=rfa-r-1]").click()
    assert watched.open("models/alexnet.html").locator("#rfa-r-1").is_checked()
    assert watched.wrong == []


def test_everything_is_there_without_scripts(browser: Browser, site: Path) -> None:
    page = Watched(browser, site, java_script_enabled=False).open("models/resnet18.html")
    assert page.locator(".rfa-graph svg").first.is_visible()
    assert page.locator(".rfa-chart svg").first.is_visible()
    page.locator("label[for=rfa-r-0]").click()
    assert page.locator("#rfa-r-0").is_checked()


def test_rows_have_permalinks_and_the_graph_leads_to_them(browser: Browser, site: Path) -> None:
    page = Watched(browser, site).open("models/resnet18.html")
    links = page.locator(".rfa-graph a[href]").evaluate_all("all => all.map(a => a.getAttribute('href').slice(1))")
    assert len(links) > 10
    missing = page.evaluate("ids => ids.filter(id => !document.getElementById(id))", links)
    assert missing == []


def test_index_sorts_and_filters(browser: Browser, site: Path) -> None:
    watched = Watched(browser, site, viewport={"width": 1440, "height": 900})
    page = watched.open("index.html")
    rows = page.locator(".rfa table tbody tr")
    assert rows.count() == 4
    page.locator(".rfa thead th", has_text="Depth").first.click()
    page.wait_for_timeout(100)
    first = [rows.nth(i).inner_text().split()[0] for i in range(4)]
    page.locator(".rfa thead th", has_text="Depth").first.click()
    page.wait_for_timeout(100)
    assert first != [rows.nth(i).inner_text().split()[0] for i in range(4)]
    page.locator(".rfa input[type=search]").fill("resn")
    assert [r.inner_text().split()[0] for r in rows.all() if r.is_visible()] == ["resnet18"]
    assert watched.wrong == []


def test_operators_can_be_read_without_scripts_and_sorted_with_them(browser: Browser, site: Path) -> None:
    plain = Watched(browser, site, java_script_enabled=False).open("operators.html")
    first = plain.locator("#rfa-operators tbody tr").first
    assert "neutral on purpose" in first.inner_text()
    assert first.locator("a[href^='models/']").count() >= 1
    watched = Watched(browser, site)
    page = watched.open("operators.html")
    page.locator("#rfa-operators thead th", has_text="Used by").click()
    used = [int(cell.inner_text()) for cell in page.locator("#rfa-operators tbody td.n").all()]
    assert used == sorted(used)
    assert len(set(used)) > 1
    assert watched.wrong == []


def test_a_link_in_a_column_head_leads_to_its_definition_and_does_not_sort(browser: Browser, site: Path) -> None:
    page = Watched(browser, site).open("models/resnet18.html")
    link = page.locator("#rfa-layers thead a[href$='#effective-padding']")
    link.focus()
    link.press("Enter")
    page.wait_for_url("**/method.html#effective-padding")


def test_layers_sort_by_numbers_that_stand_in_their_cells(browser: Browser, site: Path) -> None:
    page = Watched(browser, site).open("models/resnet18.html")
    head = page.locator("#rfa-layers thead th", has_text="Padding")
    column = head.evaluate("e => e.cellIndex")
    head.click(position={"x": 3, "y": 8})
    texts = [row.locator("th, td").nth(column).inner_text() for row in page.locator("#rfa-layers tbody tr").all()]
    numbers = [0.0 if text == "–" else float(text) for text in texts]
    assert numbers in (sorted(numbers), sorted(numbers, reverse=True))
    assert len(set(numbers)) > 5


def test_refusals_and_failures_say_so_in_words(browser: Browser, site: Path) -> None:
    watched = Watched(browser, site)
    assert "Output size is too small" in watched.open("models/alexnet.html").locator("main").inner_text()
    broken = watched.open("models/broken.html").locator("main").inner_text()
    assert "<b>broken</b> {{ on }} purpose" in broken
    index = watched.open("index.html").locator("main").inner_text()
    assert "refused" in index
    assert "failed" in index


def test_no_broken_link_or_anchor(browser: Browser, site: Path) -> None:
    watched = Watched(browser, site)
    broken = []
    for path in PAGES:
        page = watched.open(path)
        for link in page.locator("a[href]").evaluate_all(
            "all => all.map(a => typeof a.href == 'string' ? a.href : new URL(a.href.baseVal, a.baseURI).href)"
        ):
            if not link.startswith(site.as_uri()):
                continue
            target, _, anchor = link.removeprefix(site.as_uri()).partition("#")
            file = site / target.partition("?")[0].lstrip("/")
            if not file.is_file() or (anchor and file.suffix == ".html" and f'id="{anchor}"' not in file.read_text()):
                broken.append((path, link))
    assert broken == []
