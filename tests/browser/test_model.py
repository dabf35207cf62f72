"""The page of an architecture: the switch, the graph, the tables; with scripts and without."""

import pytest
from playwright.sync_api import Browser, Page

from browsing import Site, Watched, screenshot

pytestmark = [pytest.mark.browser, pytest.mark.xdist_group("browser")]

LOOKS = """e => [e, ...e.querySelectorAll('*')].map(x => {
    const style = getComputedStyle(x);
    return style.getPropertyValue('--v-bg') + style.fill + style.backgroundColor + style.color + style.display;
}).join()"""
"""What an element and everything in it look like, as one text."""

PAGE = "models/resnet18.html"


def choose(page: Page, label: str) -> None:
    page.locator(".rfa-switch label", has_text=label).first.click()


def test_the_switch_recolours_graph_table_and_chart(browser: Browser, site: Site) -> None:
    with Watched(browser, site) as watched:
        page = watched.open(PAGE)
        looks = []
        for label in ("32", "224"):
            choose(page, label)
            parts = (".rfa-nodes", ".rfa-chart g", "#rfa-layers tr")
            found = [page.locator(f"{part}.v0-unproductive.v2-productive").first for part in parts]
            looks.append([part.evaluate(LOOKS) for part in found])
            screenshot(page, f"{site.engine}-switch-{label}")
        assert all(small != large for small, large in zip(*looks, strict=True))


def test_the_switch_recolours_what_graphs_have_in_common(browser: Browser, site: Site) -> None:
    with Watched(browser, site, viewport={"width": 1280, "height": 900}) as watched:
        page = watched.open(PAGE)
        node = page.locator(".rfa-nodes.v0-unproductive.v2-productive > a").first
        pictures = []
        for label in ("32", "224"):
            choose(page, label)
            node.scroll_into_view_if_needed()
            page.mouse.move(0, 0)
            pictures.append(node.screenshot())
        assert pictures[0] != pictures[1], "outline, mark and map of a node are copies, and change with the switch"


def test_the_choice_is_remembered_and_can_be_given_in_the_address(browser: Browser, site: Site) -> None:
    with Watched(browser, site) as watched:
        assert watched.open(f"{PAGE}?r=32").locator("#rfa-r-0").is_checked()
        choose(watched.open(PAGE), "64")
        assert watched.open("models/alexnet.html").locator("#rfa-r-1").is_checked()


def test_everything_is_there_without_scripts(browser: Browser, site: Site) -> None:
    with Watched(browser, site, java_script_enabled=False, viewport={"width": 1280, "height": 900}) as watched:
        page = watched.open(PAGE)
        assert page.locator(".rfa-graph svg").first.is_visible()
        assert page.locator(".rfa-chart svg").first.is_visible()
        assert page.locator("button.rfa-button, .rfa-tools input").count() == 0
        choose(page, "32")
        assert page.locator("#rfa-r-0").is_checked()
        page.locator(".rfa-nodes > a[href='#layer-layer1.0.conv1-0']").click()
        assert page.locator("tr[id='layer-layer1.0.conv1-0']").evaluate("e => e.matches(':target')")
        screenshot(page, f"{site.engine}-without-scripts")


def test_nodes_lead_to_rows_and_rows_to_nodes_also_in_a_closed_stage(browser: Browser, site: Site) -> None:
    with Watched(browser, site, viewport={"width": 1280, "height": 900}) as watched:
        page = watched.open("models/swin_t.html")
        links = page.locator(".rfa-nodes > a[href]").evaluate_all(
            "all => all.map(a => a.getAttribute('href').slice(1))"
        )
        assert len(links) > 50
        assert page.evaluate("ids => ids.filter(id => !document.getElementById(id))", links) == []
        row = page.locator("tr[id='layer-features.5.3.mlp.0-0']")
        target = row.locator("td a").get_attribute("href") or ""
        assert not page.locator(f"[id='{target[1:]}']").is_visible()
        row.locator("td a").click()
        node = page.locator(f"[id='{target[1:]}']")
        node.wait_for(state="visible")
        assert node.evaluate(
            "e => { const box = e.getBoundingClientRect(); return box.top >= 0 && box.top < innerHeight }"
        )
        screenshot(page, f"{site.engine}-row-to-node")


def test_a_permalink_scrolls_to_its_row(browser: Browser, site: Site) -> None:
    with Watched(browser, site, viewport={"width": 1280, "height": 900}) as watched:
        page = watched.open(f"{PAGE}?r=32#layer-layer4.1.bn2-0")
        row = page.locator("tr[id='layer-layer4.1.bn2-0']")
        below_the_bar = "e => 90 < e.getBoundingClientRect().top && e.getBoundingClientRect().top < innerHeight"
        page.wait_for_function(below_the_bar, arg=row.element_handle())
        assert row.locator("th a").get_attribute("href") == "#layer-layer4.1.bn2-0"


def test_a_node_explains_itself_when_pointed_at(browser: Browser, site: Site) -> None:
    with Watched(browser, site) as watched:
        page = watched.open(f"{PAGE}?r=64")
        node = page.locator(".rfa-nodes > a[href='#layer-layer3.1.conv2-0']")
        node.focus()
        assert node.locator("title").text_content() == ("layer3.1.conv2#0: ◑ critical\nlayer3.1.bn2#0: ○ unproductive")


def test_graphs_zoom_by_buttons_and_keys(browser: Browser, site: Site) -> None:
    with Watched(browser, site, viewport={"width": 1280, "height": 900}) as watched:
        page = watched.open(PAGE)
        button = page.get_by_role("button", name="Zoom in").first
        button.wait_for()
        node = page.locator(".rfa-nodes > a").nth(1).element_handle()
        usual = node.evaluate("e => e.getBoundingClientRect().width")

        def becomes(wide: str) -> None:
            size = "([e, usual]) => { const wide = e.getBoundingClientRect().width; return %s }"
            page.wait_for_function(size % wide, arg=[node, usual])

        button.click()
        becomes("wide > 1.1 * usual")
        frame = page.locator(".rfa-drawing").first
        frame.focus()
        page.keyboard.press("0")
        becomes("Math.abs(wide / usual - 1) < 0.01")
        page.keyboard.press("f")
        becomes("wide < usual")
        in_view = "e => e.getBoundingClientRect().height <= 900"
        page.wait_for_function(in_view, arg=frame.element_handle())
        screenshot(page, f"{site.engine}-whole-graph")


def test_layers_sort_by_what_their_cells_show(browser: Browser, site: Site) -> None:
    with Watched(browser, site) as watched:
        page = watched.open(f"{PAGE}?r=32")

        def column(name: str) -> list[str]:
            head = page.locator("#rfa-layers thead th", has_text=name)
            head.click(position={"x": 3, "y": 8})
            index = head.evaluate("e => e.cellIndex")
            rows = page.locator("#rfa-layers tbody tr")
            return [*rows.evaluate_all("(rows, n) => rows.map(row => row.cells[n].innerText.trim())", index)]

        numbers = [-1e9 if text == "–" else float(text) for text in column("Padding")]
        assert numbers in (sorted(numbers), sorted(numbers, reverse=True))
        assert len(set(numbers)) > 5
        fields = [1e9 if text == "∞" else float(text) for text in column("RF max")]
        assert fields in (sorted(fields), sorted(fields, reverse=True))
        assert 1e9 in fields
        verdicts = column("Verdict")
        assert verdicts in (sorted(verdicts), sorted(verdicts, reverse=True))
        order = column("Layer")
        assert order[0].endswith("conv1#0")


def test_a_link_in_a_column_head_leads_to_its_definition_and_does_not_sort(browser: Browser, site: Site) -> None:
    with Watched(browser, site) as watched:
        page = watched.open(PAGE)
        link = page.locator("#rfa-layers thead a[href$='#effective-padding']")
        link.focus()
        link.press("Enter")
        page.wait_for_url("**/method.html#effective-padding")


def test_tables_and_links_are_copied(browser: Browser, site: Site) -> None:
    if site.base.startswith("file:"):
        pytest.skip("a test cannot read the clipboard there")
    with Watched(browser, site, permissions=["clipboard-read", "clipboard-write"]) as watched:
        page = watched.open(f"{PAGE}?r=64")

        def copied(button: str, within: str) -> str:
            page.locator(within).get_by_role("button", name=button).click()
            page.get_by_text("Copied").first.wait_for()
            return str(page.evaluate("navigator.clipboard.readText()"))

        page.locator(".rfa-tools input").fill("layer3.1.conv")
        lines = copied("as CSV", "[data-rfa-filter]").splitlines()
        assert lines[0].startswith("Layer,Verdict,Kind,Kernel,Output,RF max,RF min,Jump")
        assert [line.split(",")[0].removeprefix("# ") for line in lines[1:]] == ["layer3.1.conv1#0", "layer3.1.conv2#0"]
        assert "○" not in lines[2]
        assert "◑ critical" in lines[2]
        table = copied("as Markdown", ".rfa-summary + .rfa-tools").splitlines()
        assert table[0].startswith("| Resolution | Productive depth")
        assert table[3].startswith("| 64 px | 14/17 · 82 %")
        assert copied("Copy a link", ".rfa-crumbs") == f"{site.base}/{PAGE}?r=64"


def test_what_is_printed_is_the_page_without_its_buttons(browser: Browser, site: Site) -> None:
    with Watched(browser, site) as watched:
        page = watched.open(PAGE)
        page.get_by_role("button", name="Zoom in").first.click()
        page.emulate_media(media="print")
        assert page.locator(".rfa-graph svg").first.is_visible()
        assert not page.locator(".rfa-button").first.is_visible()
        assert page.locator(".rfa-graph").first.evaluate("e => getComputedStyle(e).transform") == "none"
        frame = page.locator(".rfa-scroll--tall:has(#rfa-layers)")
        assert frame.evaluate("e => e.scrollHeight - e.clientHeight") <= 1, "the whole table is there"


def test_the_data_of_a_chart_unfold_within_the_page(browser: Browser, site: Site) -> None:
    with Watched(browser, site, viewport={"width": 360, "height": 780}) as watched:
        page = watched.open(PAGE)
        data = page.locator("details.rfa-data").first
        data.locator("summary").click()
        left = "e => e.getBoundingClientRect().left"
        assert data.locator("summary").evaluate(left) >= page.locator("h1").evaluate(left), "no letter is cut off"
        table = data.locator("table")
        assert table.is_visible()
        assert table.evaluate("e => e.getBoundingClientRect().right <= innerWidth")


def test_refusals_and_failures_say_so_in_words(browser: Browser, site: Site) -> None:
    with Watched(browser, site) as watched:
        assert "Output size is too small" in watched.open("models/alexnet.html").locator("main").inner_text()
        broken = watched.open("models/broken.html").locator("main").inner_text()
        assert "<b>broken</b> {{ on }} purpose" in broken
