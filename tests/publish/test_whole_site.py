"""A whole site from the command line: pages about several models, the manifest, what only an address makes possible."""

import json
import re
from pathlib import Path

import pytest

from command_line import one_line, run

pytestmark = pytest.mark.slow

CONFIG = """
resolutions = [8, 16]
models = [{ spec = "nets.py:small" }, { spec = "nets.py:large" }]

[[compare]]
title = "Small & large"
models = ["small", "large"]

[site]
url = "https://example.org/atlas/"
"""
NETS = """
from torch import nn


def small():
    return nn.Conv2d(3, 4, 3, padding=1)


def large():
    return nn.Sequential(*[nn.Conv2d(3, 3, 3, padding=1) for _ in range(9)])
"""


@pytest.fixture(scope="module")
def site(tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = tmp_path_factory.mktemp("sets")
    (folder / "rfa-report.toml").write_text(CONFIG)
    (folder / "nets.py").write_text(NETS)
    done = run("build", cwd=folder)
    assert done.returncode == 0, done.stderr
    return folder / "rfa-site" / "site"


def test_models_are_compared_on_one_chart(site: Path) -> None:
    page = (site / "compare" / "small-large.html").read_text("utf-8")
    assert "<h1" in page
    assert "Small &amp; large" in page
    assert page.count('class="rfa-series') == 4, "two curves, and the key to them"
    assert 'href="../models/large.html"' in page
    assert 'href="../compare.html"' in page


def test_the_manifest_leads_to_every_report_and_page(site: Path) -> None:
    found = json.loads((site / "manifest.json").read_text("utf-8"))
    assert [model["title"] for model in found["models"]] == ["small", "large"]
    for model in found["models"]:
        assert (site / model["page"]).is_file()
        report = json.loads((site / model["report"]).read_text("utf-8"))
        assert report["versions"] == model["versions"]
        assert report["schema"] == found["report_schema"]


def test_a_site_with_an_address_has_a_sitemap_and_pages_for_every_resolution(site: Path) -> None:
    listed = re.findall("<loc>(.*)</loc>", (site / "sitemap.xml").read_text("utf-8"))
    for path in ("index.html", "models/small.html", "families.html", "resolutions/16.html", "compare/small-large.html"):
        assert f"https://example.org/atlas/{path}" in listed


def test_every_page_says_what_it_is_where_links_to_it_are_shown(site: Path) -> None:
    for path in site.rglob("*.html"):
        page = path.read_text("utf-8")
        for name in ("og:title", "og:description", "og:site_name", "og:type", "og:image", "twitter:card"):
            assert page.count(f'="{name}" content="') == 1, (path, name)
    page = (site / "compare" / "small-large.html").read_text("utf-8")
    assert '<meta property="og:title" content="Small &amp; large">' in page
    assert '<meta property="og:url" content="https://example.org/atlas/compare/small-large.html">' in page
    assert '<meta property="og:image" content="https://example.org/atlas/assets/preview.png">' in page
    assert (site / "assets" / "preview.png").is_file()


def test_a_site_without_an_address_promises_no_picture(tmp_path: Path) -> None:
    (tmp_path / "nets.py").write_text(NETS)
    (tmp_path / "rfa-report.toml").write_text('resolutions = [8]\nmodels = ["nets.py:small"]\n')
    assert run("build", cwd=tmp_path).returncode == 0
    page = (tmp_path / "rfa-site" / "site" / "index.html").read_text("utf-8")
    assert '<meta name="twitter:card" content="summary">' in page
    assert "og:image" not in page
    assert not (tmp_path / "rfa-site" / "site" / "assets" / "preview.png").exists()


def test_an_address_that_leads_nowhere_gets_a_page_that_leads_on(site: Path) -> None:
    page = (site / "404.html").read_text("utf-8")
    assert "There is no such page" in page
    assert 'href="/atlas/families.html"' in page


@pytest.mark.parametrize(
    ("wrong", "said"),
    [
        ('models = ["small", "larg"]', "compare[0].models[1] names 'larg'"),
        ('models = ["small"]', "compare[0].models"),
    ],
)
def test_a_wrong_comparison_is_refused(tmp_path: Path, wrong: str, said: str) -> None:
    (tmp_path / "nets.py").write_text(NETS)
    (tmp_path / "rfa-report.toml").write_text(CONFIG.replace('models = ["small", "large"]', wrong))
    assert said in one_line(run("build", cwd=tmp_path))
    assert not (tmp_path / "rfa-site").exists()
