"""The pages of what changed: built by the real command line, linked without gaps, marked on both sides."""

import re
from html.parser import HTMLParser
from pathlib import Path

import pytest

from command_line import one_line, run

pytestmark = pytest.mark.slow

NETS = """from collections import OrderedDict
from torch import nn


def conv(i, o, stride=1):
    return nn.Conv2d(i, o, 3, stride, 1)


def old():
    return nn.Sequential(OrderedDict(stem=conv(3, 4, 2), pool=nn.MaxPool2d(2), body=conv(4, 4), end=conv(4, 4)))


def new():
    return nn.Sequential(
        OrderedDict(stem=conv(3, 4), pool=nn.Identity(), body=conv(4, 4), more=conv(4, 4), tail=conv(4, 4))
    )


def old_alone():
    return nn.Conv2d(3, 9, 5)


def new_alone():
    return nn.Conv2d(3, 5, 3)
"""


class Ids(HTMLParser):
    """Collect the ids of a page, and the places within it that it links to."""

    def __init__(self, text: str) -> None:
        super().__init__()
        self.ids: list[str] = []
        self.links: set[str] = set()
        self.feed(text)

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        found = dict(attrs)
        if name := found.get("id"):
            self.ids.append(name)
        if (href := found.get("href") or "").startswith("#"):
            self.links.add(href[1:])


@pytest.fixture(scope="module")
def built(tmp_path_factory: pytest.TempPathFactory) -> Path:
    root = tmp_path_factory.mktemp("changes")
    (root / "nets.py").write_text(NETS)
    for side in ("old", "new"):
        same = '{ spec = "nets.py:old", name = "same" }'
        only = '{ spec = "nets.py:SIDE_alone", name = "only-SIDE" }'.replace("SIDE", side)
        (root / "rfa-report.toml").write_text(
            f'resolutions = [16, 32]\noutput = "site-{side}"\n'
            f'models = [{{ spec = "nets.py:{side}", name = "net" }}, {same}, {only}]\n'
        )
        against = ["--against", "site-old"] if side == "new" else []
        done = run("build", *against, cwd=root)
        assert done.returncode == 0, done.stderr
    done = run("diff", "site-old", "site-new", "--format", "html", "-o", "told", cwd=root)
    assert (done.returncode, done.stdout) == (1, "open told/site/changes.html\n"), done
    return root


@pytest.mark.parametrize("site", ["told", "site-new"])
def test_a_page_for_all_and_one_for_each_that_differs(built: Path, site: str) -> None:
    pages = built / site / "site"
    assert sorted(path.name for path in (pages / "changes").iterdir()) == [
        "net.html",
        "only-new.html",
        "only-old.html",
    ]
    whole = (pages / "changes.html").read_text("utf-8")
    assert "of 4 models differ" in whole
    assert 'href="changes/net.html"' in whole
    assert '<a href="../changes.html">What changed</a>' in (pages / "changes" / "net.html").read_text("utf-8")
    assert 'href="changes.html"' in (pages / "index.html").read_text("utf-8")
    assert (pages / "models" / "same.html").exists() == (site == "site-new"), "a site of what differs, or of all"


def test_both_sides_are_drawn_and_what_was_edited_is_marked(built: Path) -> None:
    text = (built / "told/site/changes/net.html").read_text("utf-8")
    before, after = text.split("rfa-side-name")[1:3]
    signs = re.compile(r'class="c-([a-z]+)"')
    assert signs.findall(before) == ["edited", "removed"]
    assert signs.findall(after) == ["edited", "added"]


def test_the_table_says_before_and_after(built: Path) -> None:
    text = (built / "told/theme/fragments/net.changes.layers.html").read_text("utf-8")
    rows = dict(re.findall(r'<tr id="([^"]+)" class="[^"]*">(.*?)</tr>', text, re.DOTALL))
    assert list(rows) == ["layer-stem-0", "old-layer-pool-0", "layer-body-0", "layer-more-0", "layer-tail-0"]
    assert "stride 2 → 1" in rows["layer-stem-0"]
    assert "3×3 /2 → 3×3" in rows["layer-stem-0"]
    assert "was end#0" in rows["layer-more-0"]
    assert "removed" in rows["old-layer-pool-0"]


def test_every_link_within_a_page_has_its_place(built: Path) -> None:
    for name in ("net", "only-new"):
        page = Ids((built / f"told/site/changes/{name}.html").read_text("utf-8"))
        assert page.links - set(page.ids) - {"__skip"} <= {""}
        layers = [found for found in page.ids if found.startswith(("layer-", "old-", "g0", "g1"))]
        assert len(layers) == len(set(layers)), "no id twice"


def test_a_build_without_a_comparison_forgets_it(built: Path) -> None:
    done = run("build", "--only", "none", cwd=built)
    assert done.returncode == 2
    assert run("build", "--only", "same", cwd=built).returncode == 0
    assert not (built / "site-new/site/changes.html").exists()
    assert not (built / "site-new/docs/changes").exists()


def test_a_site_needs_a_folder(built: Path) -> None:
    assert "a site needs a folder; name one: --format html -o FOLDER" in one_line(
        run("diff", "site-old", "site-new", "--format", "html", cwd=built)
    )
