"""LaTeX: tables as they were, and a real TeX that compiles them."""

import shutil
import subprocess
from dataclasses import replace
from pathlib import Path

import pytest

from gold import check
from hostile import NAMES
from made_reports import at, layer, network, report, tiny
from rfa_report.core.report import ModelReport
from rfa_report.pages.paper import paper
from rfa_report.render.latex import latex
from rfa_report.render.paper import tex_text

ALONE = r"""\documentclass[twocolumn]{article}
\usepackage{array,booktabs,longtable,siunitx}
\begin{document}Text.\input{tables/tiny-layers}More text, and Table~\ref{tab:rfa-tiny-layers}.\end{document}
"""


def _hostile(name: str) -> ModelReport:
    layers = (layer(f"{name}#0", params=7, macs=10**9), *network(16))
    return replace(report(at(16, layers)), title=name, spec=f"nets.py:{name}")


@pytest.fixture(scope="session")
def pdflatex() -> str:
    found = shutil.which("pdflatex")
    if found is None:
        pytest.skip("no TeX; on Debian: apt-get install texlive-latex-extra texlive-science")
    return found


def _compile(pdflatex: str, folder: Path, name: str) -> str:
    for _ in range(2):  # longtable and references need two runs
        done = subprocess.run(
            [pdflatex, "-interaction=nonstopmode", "-halt-on-error", name],
            cwd=folder,
            capture_output=True,
            check=False,
            timeout=120,
        )
        log = done.stdout.decode("utf-8", "replace")
        assert done.returncode == 0, log[-3000:]
    return log


def _write(folder: Path, *reports: ModelReport) -> None:
    for path, text in latex(paper(reports, "0.1.0")):
        target = folder / path
        target.parent.mkdir(exist_ok=True)
        target.write_text(text, encoding="utf-8")


def test_tables_are_as_they_were() -> None:
    files = dict(latex(paper([tiny()], "0.1.0")))
    assert sorted(files) == ["tables.tex", "tables/summary.tex", "tables/tiny-layers.tex", "tables/tiny-stages.tex"]
    check("paper-summary.tex", files["tables/summary.tex"])
    check("paper-layers.tex", files["tables/tiny-layers.tex"])
    check("paper-tables.tex", files["tables.tex"])


def test_a_table_says_depth_share_and_that_an_input_was_refused() -> None:
    summary = dict(latex(paper([tiny()], "0.1.0")))["tables/summary.tex"]
    assert "{tiny} & {8} & 2 & 1 & 50.0 &" in summary
    assert "{refused}" in summary
    assert r"\label{tab:rfa-summary}" in summary


def test_a_table_of_many_rows_goes_on_over_pages() -> None:
    long = report(at(16, tuple(layer(f"block.{n}#0") for n in range(41))))
    files = dict(latex(paper([long], "0.1.0")))
    assert r"\begin{longtable}" in files["tables/tiny-layers.tex"]
    assert r"\endhead" in files["tables/tiny-layers.tex"]
    assert r"\begin{longtable}" not in files["tables/summary.tex"]


@pytest.mark.parametrize(
    ("text", "escaped"),
    [
        ("50 % of a_b", r"50 \% of a\_b"),
        ("\\", r"\textbackslash{}"),
        ("3×3 ∞", r"3\ensuremath{\times}3 \ensuremath{\infty}"),
        ("a--b", "a-{}-b"),
        ("Müller", "Müller"),
        ("中", r"\rfachar{4E2D}{中}"),
        ("a\nb", "a b"),
    ],
)
def test_text_is_escaped(text: str, escaped: str) -> None:
    assert tex_text(text) == escaped


def test_tex_takes_the_tables_alone_and_in_a_document(pdflatex: str, tmp_path: Path) -> None:
    _write(tmp_path, tiny())
    log = _compile(pdflatex, tmp_path, "tables.tex")
    assert "Overfull" not in log, log
    (tmp_path / "mine.tex").write_text(ALONE)
    log = _compile(pdflatex, tmp_path, "mine.tex")
    assert "undefined" not in log


def test_tex_takes_hostile_names(pdflatex: str, tmp_path: Path) -> None:
    for number, name in enumerate(NAMES.values()):
        folder = tmp_path / str(number)
        folder.mkdir()
        _write(folder, _hostile(name))
        _compile(pdflatex, folder, "tables.tex")


def test_tex_would_not_take_them_unescaped(pdflatex: str, tmp_path: Path) -> None:
    (tmp_path / "bad.tex").write_text("\\documentclass{article}\\begin{document}" + NAMES["tex"] + "\\end{document}")
    with pytest.raises(AssertionError):
        _compile(pdflatex, tmp_path, "bad.tex")


def test_every_letter_that_is_left_as_it_is_can_be_set(pdflatex: str, tmp_path: Path) -> None:
    letters = [chr(code) for code in range(0xA0, 0x180) if tex_text(chr(code)) == chr(code)]
    assert "ř" in letters
    for fonts in ("", r"\usepackage[T1]{fontenc}"):
        (tmp_path / "letters.tex").write_text(
            f"\\documentclass{{article}}{fonts}\\begin{{document}}{' '.join(letters)}\\end{{document}}",
            encoding="utf-8",
        )
        _compile(pdflatex, tmp_path, "letters.tex")
