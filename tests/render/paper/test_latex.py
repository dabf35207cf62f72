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
from rfa_report.pages.paper.tables import paper
from rfa_report.render.paper.latex import latex
from rfa_report.render.paper.templates import tex_text

pytestmark = pytest.mark.slow

ALONE = r"""\documentclass[twocolumn]{article}
\usepackage{array,booktabs,longtable,siunitx}
\begin{document}Text.\input{tables/tiny-layers}More text, and Table~\ref{tab:rfa-tiny-layers}.\end{document}
"""


def _hostile(name: str) -> ModelReport:
    layers = (layer(f"{name}#0", params=7, macs=10**9), *network(16))
    return replace(report(at(16, layers)), title=name, spec=f"nets.py:{name}")


@pytest.fixture(scope="session")
def pdflatex() -> str:
    return _engine("pdflatex")


@pytest.fixture(scope="session", params=["pdflatex", "lualatex"])
def tex(request: pytest.FixtureRequest) -> str:
    return _engine(str(request.param))


def _engine(name: str) -> str:
    found = shutil.which(name)
    if found is None:
        pytest.skip(f"no {name}; on Debian: apt-get install texlive-latex-extra texlive-science")
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
        ("Müller, ř, í", r"M\"{u}ller, \v{r}, \'{\i}"),
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


def test_a_table_of_long_names_stays_on_the_page(pdflatex: str, tmp_path: Path) -> None:
    name, kind = "features.denseblock4.denselayer{}.norm1#0", "AdaptiveAvgPool2d"
    layers = [tuple(layer(name.format(n), kind=kind, rf=1048, macs=10**9) for n in range(50)) for _ in range(3)]
    _write(tmp_path, report(*(at(side, found) for side, found in zip((224, 384, 512), layers, strict=True))))
    assert "Overfull" not in _compile(pdflatex, tmp_path, "tables.tex")


def test_tex_takes_hostile_names(tex: str, tmp_path: Path) -> None:
    _write(tmp_path, *(replace(_hostile(name), slug=f"net-{n}") for n, name in enumerate(NAMES.values())))
    _compile(tex, tmp_path, "tables.tex")
    assert "Missing character" not in (tmp_path / "tables.log").read_text("utf-8", "replace")


def test_tex_would_not_take_them_unescaped(pdflatex: str, tmp_path: Path) -> None:
    (tmp_path / "bad.tex").write_text("\\documentclass{article}\\begin{document}" + NAMES["tex"] + "\\end{document}")
    with pytest.raises(AssertionError):
        _compile(pdflatex, tmp_path, "bad.tex")


def test_every_letter_with_a_command_can_be_set(tex: str, tmp_path: Path) -> None:
    found = (str(tex_text(chr(code))) for code in range(0xA0, 0x250))
    letters = [text for text in found if text.startswith("\\") and not text.startswith(r"\rfachar")]
    assert r"\v{r}" in letters
    for fonts in ("", r"\usepackage[T1]{fontenc}"):
        (tmp_path / "letters.tex").write_text(
            f"\\documentclass{{article}}{fonts}\\begin{{document}}{' '.join(letters)}\\end{{document}}",
            encoding="utf-8",
        )
        _compile(tex, tmp_path, "letters.tex")
        assert "Missing character" not in (tmp_path / "letters.log").read_text("utf-8", "replace")
