"""The output folder: ours only, whole files, nothing rewritten for nothing."""

import subprocess
import sys
from pathlib import Path

import pytest

from rfa_report.core.errors import OutputError
from rfa_report.publish.output import Output

pytestmark = pytest.mark.slow


def test_writes_only_what_changed(tmp_path: Path) -> None:
    with Output(tmp_path / "out") as first:
        first.write("a/b.txt", "one")
        first.write("c.txt", "two")
        first.finish()
    with Output(tmp_path / "out") as second:
        second.write("a/b.txt", "one")
        second.write("c.txt", "three")
        second.finish()
    assert (first.written, second.written) == (2, 1)


def test_forgets_what_is_no_longer_generated(tmp_path: Path) -> None:
    with Output(tmp_path) as first:
        first.write("models/old.md", "x")
        first.write("models/deep/old.md", "x")
        first.finish()
    (tmp_path / "models" / "mine.md").write_text("mine")
    with Output(tmp_path) as second:
        second.write("index.md", "x")
        assert (tmp_path / "models" / "old.md").exists(), "nothing goes before all is written"
        second.finish()
    assert _listed(tmp_path) == ["index.md", "models/mine.md"]


def test_what_a_killed_build_left_is_known_to_the_next(tmp_path: Path) -> None:
    script = f"""
import os, pathlib
from rfa_report.publish.output import Output
output = Output(pathlib.Path({str(tmp_path / "out")!r}))
output.__enter__()
output.write("models/gone.md", "x")
(output.work / "writing").write_text("half a f")
os.kill(os.getpid(), 9)
"""
    subprocess.run([sys.executable, "-c", script], check=False)
    assert "models/gone.md" in _listed(tmp_path / "out")
    with Output(tmp_path / "out") as output:
        output.write("index.md", "x")
        output.finish()
    assert _listed(tmp_path / "out") == ["index.md"]


def test_of_two_builds_at_once_the_second_says_so(tmp_path: Path) -> None:
    with Output(tmp_path / "out") as first:
        with pytest.raises(OutputError, match="another build is writing"), Output(tmp_path / "out"):
            pass
        first.write("index.md", "x")
        first.finish()
    with Output(tmp_path / "out"):
        assert _listed(tmp_path / "out") == ["index.md"]


def test_a_site_changes_file_by_file(tmp_path: Path) -> None:
    def publish(pages: dict[str, str], digest: str) -> int:
        with Output(tmp_path / "out") as output:
            for path, content in pages.items():
                (output.work / "site" / path).parent.mkdir(parents=True, exist_ok=True)
                (output.work / "site" / path).write_text(content)
            output.publish(output.work / "site", digest)
            assert output.has_site(digest)
            return output.written

    site = tmp_path / "out" / "site"
    assert publish({"index.html": "1", "models/a.html": "a", "old/b.html": "b"}, "one") == 3
    before = (site / "models" / "a.html").stat().st_mtime_ns
    assert publish({"index.html": "2", "models/a.html": "a"}, "two") == 1
    assert (site / "models" / "a.html").stat().st_mtime_ns == before
    assert sorted(p.relative_to(site).as_posix() for p in site.rglob("*")) == ["index.html", "models", "models/a.html"]
    with Output(tmp_path / "out") as output:
        assert not output.has_site("one")


def _listed(folder: Path) -> list[str]:
    """List the files that are there for a reader."""
    found = (p.relative_to(folder) for p in folder.rglob("*") if p.is_file())
    return sorted(p.as_posix() for p in found if not p.parts[0].startswith(".rfa-report"))


def test_a_folder_of_somebody_else_is_refused(tmp_path: Path) -> None:
    (tmp_path / "thesis.tex").write_text("precious")
    with pytest.raises(OutputError, match="was not made by rfa-report"), Output(tmp_path):
        pass
    assert [p.name for p in tmp_path.iterdir()] == ["thesis.tex"]


def test_a_file_in_the_way_is_one_clear_line(tmp_path: Path) -> None:
    (tmp_path / "out").write_text("precious")
    with pytest.raises(OutputError, match=r"cannot be written.*choose another folder"), Output(tmp_path / "out"):
        pass
    with Output(tmp_path / "other") as out:
        out.write("a", "x")
        with pytest.raises(OutputError, match="cannot be written"):
            out.write("a/b", "x")
