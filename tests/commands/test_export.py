"""`rfa-report export` and `verify` by the real command line."""

import csv
import io
import json
import re
import subprocess
import sys
import tomllib
import zipfile
from dataclasses import replace
from pathlib import Path

import pytest
import yaml

from command_line import one_line, run
from gold import check
from made_reports import failed, tiny
from rfa_report import store

pytestmark = pytest.mark.slow

NETS = """
from torch import nn

def net():
    return nn.Sequential(nn.Conv2d(3, 4, 3), nn.ReLU(), nn.Conv2d(4, 4, 3, stride=2))
"""
RULES = """
from rfa_report.rules import Book
book = Book()
book.neutral("aten.bernoulli.default", why="draws each element by itself")
"""
RANDOM = """
import torch
from torch import nn

class Net(nn.Module):
    def __init__(self, width=4):
        super().__init__()
        self.conv = nn.Conv2d(1, width, 3)

    def forward(self, x):
        return self.conv(torch.bernoulli(x))
"""
TEXTS = ("--format", "latex", "--format", "csv", "--format", "json", "--format", "bibtex", "--format", "markdown")


@pytest.fixture
def stored(tmp_path: Path) -> Path:
    (tmp_path / "reports").mkdir()
    (tmp_path / "reports" / "tiny.json").write_text(store.dumps(tiny()))
    return tmp_path


@pytest.fixture(scope="module")
def whole(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Export all formats twice, by different hash seeds and folders."""
    pytest.importorskip("typst", reason="no typst; pip install 'rfa_report[paper]'")
    folder = tmp_path_factory.mktemp("export")
    (folder / "tiny.json").write_text(store.dumps(tiny()))
    (folder / "elsewhere").mkdir()
    first = run("export", "tiny.json", "--to", "first", cwd=folder, PYTHONHASHSEED="1")
    assert first.returncode == 0, first.stderr
    words = ("export", "../tiny.json", "--to", "../second")
    second = run(*words, cwd=folder / "elsewhere", PYTHONHASHSEED="2", SOURCE_DATE_EPOCH="315532800")
    assert second.returncode == 0, second.stderr
    return folder


def _files(folder: Path) -> dict[str, bytes]:
    return {file.relative_to(folder).as_posix(): file.read_bytes() for file in folder.rglob("*") if file.is_file()}


def test_a_second_run_gives_the_same_bytes(whole: Path) -> None:
    first, second = _files(whole / "first"), _files(whole / "second")
    assert [name for name in first if first[name] != second.get(name)] == []
    assert first.keys() == second.keys()
    assert {"report.pdf", "supplement.zip", "tables.tex", "numbers.csv", "html/tiny.html"} <= first.keys()


def test_another_date_is_only_in_the_supplement(whole: Path) -> None:
    done = run(
        "export", "tiny.json", "--to", "dated", "--format", "supplement", cwd=whole, SOURCE_DATE_EPOCH="946684800"
    )
    assert done.returncode == 0, done.stderr
    with zipfile.ZipFile(whole / "dated" / "supplement.zip") as archive:
        assert {entry.date_time[:3] for entry in archive.infolist()} == {(2000, 1, 1)}


def test_the_supplement_holds_what_it_says(whole: Path) -> None:
    with zipfile.ZipFile(whole / "first" / "supplement.zip") as archive:
        names = archive.namelist()
        assert names == sorted(names)
        texts = {name: archive.read(f"supplement/{name}").decode() for name in ("README.md", "rfa-report.toml")}
        lock = archive.read("supplement/requirements.txt").decode()
        report_text = archive.read("supplement/reports/tiny.json").decode()
    assert {"supplement/site/index.html", "supplement/references.bib"} <= set(names)
    assert report_text == store.dumps(tiny())
    assert lock == "rfa_report==0.1.0\ntorch==2.9.0\n"
    check("supplement.md", texts["README.md"])
    check("supplement.toml", texts["rfa-report.toml"])


def test_text_formats_are_as_they_were(stored: Path) -> None:
    done = run("export", "reports", "--to", "out", *TEXTS, cwd=stored)
    assert done.returncode == 0, done.stderr
    for name in ("numbers.csv", "numbers.json", "references.bib", "model-card.md"):
        check(f"paper-{name}", (stored / "out" / name).read_text("utf-8"))
    check("paper-badge.svg", (stored / "out" / "badges" / "tiny-8.svg").read_text("utf-8"))


def test_a_badge_says_what_it_shows(stored: Path) -> None:
    run("export", "reports", "-r", "8", "--to", "out", "--format", "markdown", cwd=stored)
    badge = (stored / "out" / "badges" / "tiny-8.svg").read_text("utf-8")
    assert "productive depth: 1/2 @8" in badge
    assert "![productive depth 1/2 @8](badges/tiny-8.svg)" in (stored / "out" / "model-card.md").read_text("utf-8")


def test_only_the_resolutions_asked_for_are_exported(stored: Path) -> None:
    done = run("export", "reports/tiny.json", "-r", "16", "-r", "8", "--to", "out", "--format", "csv", cwd=stored)
    assert done.returncode == 0, done.stderr
    rows = list(csv.DictReader(io.StringIO((stored / "out" / "numbers.csv").read_text())))
    assert [row["resolution"] for row in rows] == ["16", "8"]


def test_csv_and_json_say_the_same(stored: Path) -> None:
    run("export", "reports", "--to", "out", "--format", "csv", "--format", "json", cwd=stored)
    rows = list(csv.DictReader(io.StringIO((stored / "out" / "numbers" / "tiny-layers.csv").read_text())))
    plain = json.loads((stored / "out" / "numbers.json").read_text())["layers"]["tiny"]
    assert rows == [{key: "" if value is None else str(value) for key, value in row.items()} for row in plain]


def test_a_spec_is_analysed_and_its_supplement_verified(tmp_path: Path) -> None:
    (tmp_path / "nets.py").write_text(NETS)
    done = run("export", "nets.py:net", "-r", "8", "--to", "out", "--format", "supplement", cwd=tmp_path)
    assert done.returncode == 0, done.stderr
    done = run("verify", "out/supplement.zip", "--trust", cwd=tmp_path)
    assert (done.returncode, done.stdout.splitlines()[0]) == (0, "net  agrees"), done
    (tmp_path / "nets.py").write_text(NETS.replace("stride=2", "stride=1"))
    done = run("verify", "out/supplement.zip", "--trust", cwd=tmp_path)
    assert done.returncode == 1, done
    assert "stride  2 → 1" in done.stdout
    assert "0 of 1 reports" in done.stdout
    done = run("verify", "out/supplement.zip", "--trust", "--json", cwd=tmp_path)
    assert done.returncode == 1
    assert json.loads(done.stdout)["summary"]["changed"] == 1
    (tmp_path / "nets.py").unlink()
    done = run("verify", "out/supplement.zip", "--trust", cwd=tmp_path)
    assert done.returncode == 2
    assert "cannot be computed again" in done.stderr


def test_a_bundle_runs_no_code_by_itself(stored: Path) -> None:
    made = replace(tiny(), spec="os:system", arguments={"command": "touch ran"})
    (stored / "net.json").write_text(store.dumps(made))
    assert "os:system" in one_line(run("verify", "net.json", cwd=stored))
    assert not (stored / "ran").exists()


def test_verify_sees_a_number_of_one_layer(tmp_path: Path) -> None:
    (tmp_path / "nets.py").write_text(NETS)
    done = run("show", "nets.py:net", "-r", "8", "--json", cwd=tmp_path)
    assert done.returncode == 0
    run("export", "nets.py:net", "-r", "8", "--to", "out", "--format", "supplement", cwd=tmp_path)
    with zipfile.ZipFile(tmp_path / "out" / "supplement.zip") as archive:
        text = archive.read("supplement/reports/net.json").decode()
    changed = re.sub(r'("id": "0#0".*?"macs": )(\d+)', r"\g<1>7", text, count=1)
    assert changed != text
    (tmp_path / "net.json").write_text(changed)
    done = run("verify", "net.json", "--trust", cwd=tmp_path)
    assert done.returncode == 1, done.stdout
    assert "differs" in done.stdout


@pytest.fixture
def ruled(tmp_path: Path) -> Path:
    """Export a model of one channel, with an argument, by rules of its own; then take the rules away."""
    (tmp_path / "nets.py").write_text(RANDOM)
    (tmp_path / "mine").mkdir()
    (tmp_path / "mine" / "my_rules.py").write_text(RULES)
    words = ("--channels", "1", "--arg", "width=6", "--rules", "mine/my_rules.py:book")
    done = run("export", "nets.py:Net", "-r", "8", *words, "--to", "out", "--format", "supplement", cwd=tmp_path)
    assert done.returncode == 0, done.stderr
    (tmp_path / "mine" / "my_rules.py").unlink()
    with zipfile.ZipFile(tmp_path / "out" / "supplement.zip") as archive:
        archive.extractall(tmp_path)
    return tmp_path


def test_an_export_says_how_its_models_were_analysed(ruled: Path) -> None:
    config = tomllib.loads((ruled / "supplement" / "rfa-report.toml").read_text("utf-8"))
    assert config["rules"] == ["rules/my_rules.py:book"]
    assert (config["models"][0]["channels"], config["models"][0]["arguments"]) == (1, {"width": 6})
    assert (ruled / "supplement" / "rules" / "my_rules.py").read_text() == RULES
    assert "rules/my_rules.py:book" in (ruled / "supplement" / "README.md").read_text("utf-8")
    made = store.load(ruled / "supplement" / "reports" / "net.json")
    assert not any(at.not_judged for at in made.resolutions)
    assert made.resolutions[0].params == 6 * 9 + 6


@pytest.mark.parametrize("bundle", ["out/supplement.zip", "supplement"])
def test_rules_of_a_bundle_are_run_when_that_is_asked_for(ruled: Path, bundle: str) -> None:
    done = run("verify", bundle, cwd=ruled)
    assert "code of its own, which would be run: rules/my_rules.py:book, nets.py:Net; read" in one_line(done)
    done = run("verify", bundle, "--trust", cwd=ruled)
    assert (done.returncode, done.stdout.splitlines()[0]) == (0, "net  agrees"), done
    (ruled / "none.py").write_text("from rfa_report.rules import Book\nbook = Book()\n")
    done = run("verify", bundle, "--trust", "--rules", "none.py:book", cwd=ruled)
    assert done.returncode == 1, "without the rule, the numbers are others"


@pytest.mark.parametrize(
    ("words", "said"),
    [
        (("export", "nothing.json", "--to", "out"), "nothing.json"),
        (("export", "reports", "-r", "99", "--to", "out"), "was not analysed at 99 px, but at 4, 8, 16"),
        (("export", "reports", "reports/tiny.json", "--to", "out"), "two reports are called tiny"),
        (("export", "broken.json", "--to", "out"), "could not be analysed"),
        (("export", "reports", "--to", "mine", "--format", "csv"), "was not made by rfa-report"),
        (("export", "reports", "--arg", "width=8", "--to", "out"), "reports is stored"),
        (("export", "reports", "--channels", "1", "--to", "out"), "reports is stored"),
        (("export", "reports", "--rules", "no.py:book", "--to", "out", "--format", "supplement"), "no.py cannot be"),
        (("export", "reports", "--fonts", "no", "--to", "out", "--format", "pdf"), "no holds no fonts"),
        (("verify", "nothing.zip"), "nothing.zip"),
    ],
)
def test_a_mistake_is_one_line(stored: Path, words: tuple[str, ...], said: str) -> None:
    (stored / "broken.json").write_text(store.dumps(failed()))
    (stored / "mine").mkdir()
    (stored / "mine" / "thesis.txt").write_text("years of work")
    done = run(*words, cwd=stored)
    lines = [line for line in done.stderr.splitlines() if not line.startswith("[")]
    done.stderr = "\n".join(lines)
    assert said in one_line(done)
    assert not (stored / "out").exists()
    assert (stored / "mine" / "thesis.txt").read_text() == "years of work"


def test_without_the_engine_there_is_one_line(stored: Path) -> None:
    code = (
        "import sys; sys.modules['typst'] = None; sys.argv = ['rfa-report', 'export', 'reports', '--to', 'out',"
        " '--format', 'figures']\nfrom rfa_report.cli.main import main\nmain()"
    )
    done = subprocess.run([sys.executable, "-c", code], cwd=stored, capture_output=True, text=True, check=False)
    assert done.returncode == 2
    assert "pip install 'rfa_report[paper]'" in done.stderr
    assert not (stored / "out").exists()


def test_citation_is_of_this_version() -> None:
    root = Path(__file__).resolve().parents[2]
    cited = yaml.safe_load((root / "CITATION.cff").read_text("utf-8"))
    version = re.search(r'^version = "(.+)"', (root / "pyproject.toml").read_text("utf-8"), re.MULTILINE)
    assert version is not None
    assert cited["version"] == version[1]
    assert cited["cff-version"] == "1.2.0"
    assert {"message", "title", "authors"} <= cited.keys()
