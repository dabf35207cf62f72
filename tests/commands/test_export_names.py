"""Hostile names survive in every format of an export: one run with all of them, then a test a format."""

import csv
import html
import json
import re
import tomllib
import zipfile
from dataclasses import replace
from pathlib import Path
from xml.etree import ElementTree as ET

import pytest

from command_line import run
from hostile import NAMES
from made_reports import at, layer, network, report
from rfa_report import store

pytestmark = pytest.mark.slow

FORMATS = ("latex", "csv", "json", "bibtex", "markdown", "html", "supplement")
"""Figures and the PDF are tested in tests/render: they need an engine."""


@pytest.fixture(scope="module")
def out(tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = tmp_path_factory.mktemp("hostile")
    (folder / "reports").mkdir()
    for number, name in enumerate(NAMES.values()):
        made = report(at(16, (layer(f"{name}#0"), *network(16))))
        made = replace(made, title=name, slug=f"net-{number}", spec=f"nets.py:{name}", arguments={"text": name})
        (folder / "reports" / f"net-{number}.json").write_text(store.dumps(made), encoding="utf-8")
    words = [word for name in FORMATS for word in ("--format", name)]
    done = run("export", "reports", "--to", "out", *words, cwd=folder)
    assert done.returncode == 0, done.stderr
    return folder / "out"


def _flat(name: str) -> str:
    return " ".join(name.replace("\x00", "\ufffd").replace("\x1b", "\ufffd").split())


def test_in_csv(out: Path) -> None:
    with (out / "numbers.csv").open(newline="", encoding="utf-8") as file:
        assert [row["model"] for row in csv.DictReader(file)] == list(NAMES.values())


def test_in_json(out: Path) -> None:
    models = json.loads((out / "numbers.json").read_text("utf-8"))["models"]
    assert [row["model"] for row in models] == list(NAMES.values())


def test_in_latex(out: Path) -> None:
    summary = (out / "tables" / "summary.tex").read_text("utf-8")
    assert r"a\_b\%c\&d\$e\#f\{\}\textasciitilde{}\textasciicircum{}\textbackslash{}" in summary
    assert r"\rfachar{4E2D}{中}" in summary
    assert r"\rfachar{05E9}{ש}" in summary
    assert len(list((out / "tables").iterdir())) == 2 * len(NAMES) + 1


def test_in_markdown_and_badges(out: Path) -> None:
    card = (out / "model-card.md").read_text("utf-8")
    assert "<script>alert" not in card
    heads = [html.unescape(line.removeprefix("## ")) for line in card.splitlines() if line.startswith("## ")]
    assert len(heads) == len(NAMES)
    assert [_flat(head) for head in heads][:-1] == [_flat(name) for name in NAMES.values()][:-1]
    for badge in (out / "badges").iterdir():
        assert ET.parse(badge).getroot().tag.endswith("svg")


def test_in_single_files(out: Path) -> None:
    for number, name in enumerate(NAMES.values()):
        text = (out / "html" / f"net-{number}.html").read_text("utf-8")
        assert "<script>alert" not in text
        found = re.search("<title>(.*?)</title>", text, re.DOTALL)
        assert found is not None
        assert _flat(html.unescape(found[1])) == _flat(name)


def test_in_the_supplement(out: Path) -> None:
    with zipfile.ZipFile(out / "supplement.zip") as archive:
        config = tomllib.loads(archive.read("supplement/rfa-report.toml").decode())
        readme = archive.read("supplement/README.md").decode()
        stored = [store.loads(archive.read(f"supplement/reports/net-{n}.json").decode()) for n in range(len(NAMES))]
    assert [model["name"] for model in config["models"]] == [_flat(name) for name in NAMES.values()]
    assert [model["arguments"]["text"] for model in config["models"]] == [_flat(name) for name in NAMES.values()]
    assert [made.title for made in stored] == list(NAMES.values())
    assert "<script>alert" not in readme
