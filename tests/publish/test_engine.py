"""Both site engines: the same pages from the same folder, and the same bytes on another day, in another place."""

import os
import subprocess
import sys
from importlib.util import find_spec
from pathlib import Path

import pytest

from made_reports import failed, tiny
from rfa_report import store
from rfa_report.core.errors import OutputError
from rfa_report.publish import engine
from rfa_report.publish.output import Output

pytestmark = pytest.mark.slow

PROGRAM = """
import sys
from pathlib import Path
from rfa_report import store
from rfa_report.publish import engine, site
from rfa_report.publish.output import Output
reports, out, name = sys.argv[1:]
with Output(Path(out)) as output:
    rows = [site.stage_model(output.write, store.load(path)) for path in sorted(Path(reports).glob("*.json"))]
    site.stage_whole(output, "Tiny zoo", rows, "https://zoo.example/", None)
    engine.build_site(output, name)
"""
ENGINES = [
    pytest.param(name, marks=pytest.mark.skipif(find_spec(name) is None, reason=f"{name} is not installed"))
    for name in engine.COMMANDS
]


def built(home: Path, name: str, place: str, **environment: str) -> Path:
    """Build a small site in a process of its own."""
    reports = home / "reports"
    reports.mkdir(exist_ok=True)
    for report in (tiny(), failed()):
        (reports / f"{report.slug}.json").write_text(store.dumps(report), encoding="utf-8")
    out = home / place
    out.parent.mkdir(parents=True, exist_ok=True)
    done = subprocess.run(
        [sys.executable, "-c", PROGRAM, str(reports), str(out), name],
        cwd=out.parent,
        env={**os.environ, **environment},
        capture_output=True,
        text=True,
        check=False,
    )
    assert done.returncode == 0, done.stderr
    return out / "site"


def files(folder: Path) -> dict[str, bytes]:
    return {path.relative_to(folder).as_posix(): path.read_bytes() for path in folder.rglob("*") if path.is_file()}


@pytest.mark.parametrize("name", ENGINES)
def test_two_builds_are_the_same_bytes(tmp_path: Path, name: str) -> None:
    first = files(built(tmp_path, name, "one", PYTHONHASHSEED="1", TZ="UTC"))
    again = files(built(tmp_path, name, "deeper/two", PYTHONHASHSEED="2", TZ="Asia/Tokyo"))
    assert first.keys() == again.keys()
    assert [path for path in first if first[path] != again[path]] == []
    assert "models/tiny.html" in first


@pytest.mark.parametrize("name", ENGINES)
def test_another_day_changes_nothing_but_the_date_in_the_sitemap(tmp_path: Path, name: str) -> None:
    first = files(built(tmp_path, name, "one"))
    later = files(built(tmp_path, name, "two", SOURCE_DATE_EPOCH="1767225600"))
    assert first.keys() == later.keys()
    assert {path for path in first if first[path] != later[path]} <= {"sitemap.xml", "sitemap.xml.gz"}


def test_both_engines_make_the_same_pages(tmp_path: Path) -> None:
    if find_spec("zensical") is None:
        pytest.skip("zensical is not installed")
    ours, theirs = (files(built(tmp_path, name, name)) for name in engine.COMMANDS)
    pages = {path for path in ours if path.endswith(".html")}
    assert pages == {path for path in theirs if path.endswith(".html")}
    for path in pages - {"404.html"}:
        drawn = [
            [line for line in text.decode().splitlines() if line.startswith(("<a id=", "<tr id=", "<td>", "<path "))]
            for text in (ours[path], theirs[path])
        ]
        assert drawn[0] == drawn[1], path


def test_an_engine_that_is_not_there_says_what_to_install(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(engine, "find_spec", lambda _: None)
    with pytest.raises(
        OutputError, match=r"zensical is not installed; install it: pip install 'rfa_report\[zensical\]'"
    ):
        engine.build_site(Output(tmp_path), "zensical")
