"""The output folder: ours only, whole files, nothing rewritten for nothing."""

from pathlib import Path

import pytest

from rfa_report.core.errors import OutputError
from rfa_report.publish.output import MARKER, Output


def test_writes_only_what_changed(tmp_path: Path) -> None:
    first = Output(tmp_path / "out")
    first.write("a/b.txt", "one")
    first.write("c.txt", "two")
    first.finish()
    second = Output(tmp_path / "out")
    second.write("a/b.txt", "one")
    second.write("c.txt", "three")
    second.finish()
    assert (first.written, second.written) == (2, 1)
    assert not list((tmp_path / "out").rglob("*.tmp"))


def test_forgets_what_is_no_longer_generated(tmp_path: Path) -> None:
    first = Output(tmp_path)
    first.write("models/old.md", "x")
    first.write("models/deep/old.md", "x")
    first.finish()
    (tmp_path / "models" / "mine.md").write_text("mine")
    second = Output(tmp_path)
    second.write("index.md", "x")
    assert (tmp_path / "models" / "old.md").exists(), "nothing goes before the new site is complete"
    second.finish()
    assert sorted(p.relative_to(tmp_path).as_posix() for p in tmp_path.rglob("*")) == [
        MARKER,
        "index.md",
        "models",
        "models/mine.md",
    ]


def test_a_folder_of_somebody_else_is_refused(tmp_path: Path) -> None:
    (tmp_path / "thesis.tex").write_text("precious")
    with pytest.raises(OutputError, match="was not made by rfa-report"):
        Output(tmp_path)
    assert [p.name for p in tmp_path.iterdir()] == ["thesis.tex"]


def test_a_file_in_the_way_is_one_clear_line(tmp_path: Path) -> None:
    (tmp_path / "out").write_text("precious")
    with pytest.raises(OutputError, match=r"cannot be written.*choose another folder"):
        Output(tmp_path / "out")
    out = Output(tmp_path / "other")
    out.write("a", "x")
    with pytest.raises(OutputError, match="cannot be written"):
        out.write("a/b", "x")
