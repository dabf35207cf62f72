"""Staging a model: what a page holds where a graph cannot be laid out."""

import stat
from pathlib import Path

import pytest

from made_reports import tiny
from rfa_report.drawing.graph import placement as layout
from rfa_report.publish.site import stage_model


def staged() -> dict[str, str]:
    files: dict[str, str] = {}
    stage_model(files.__setitem__, tiny())
    return files


def test_a_graph_that_cannot_be_laid_out_becomes_a_column_and_says_so(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    engine = tmp_path / layout.ENGINE
    engine.write_text("#!/bin/sh\necho too many nodes >&2\nexit 1\n")
    engine.chmod(stat.S_IRWXU)
    whole = staged()
    monkeypatch.setenv("RFA_REPORT_CACHE", str(tmp_path))  # where nothing was placed before
    monkeypatch.setattr(layout, "_engine", lambda: str(engine))
    fallen = staged()
    assert "could be laid out" not in whole["docs/models/tiny.md"]
    assert "Not every graph could be laid out" in fallen["docs/models/tiny.md"]
    assert "tiny: graphviz-pure could not lay out the graph: too many nodes" in fallen["docs/models/tiny.md"]
    for files in (whole, fallen):
        graph = files["theme/fragments/tiny.graph.html"]
        assert graph.count("<a id=") == 4
        assert graph.count('href="#layer-') == 3
        assert 'href="#g0-2"' in files["theme/fragments/tiny.layers.html"], "a row leads to its node"
