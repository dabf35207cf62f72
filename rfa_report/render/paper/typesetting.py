"""Typst: the engine that makes PDF and PNG, an extra; its fonts are its own, so that every machine makes the same."""

import re
from collections.abc import Mapping, Sequence
from functools import cache
from pathlib import Path
from typing import TYPE_CHECKING

from rfa_report.core.errors import OutputError, one_line
from rfa_report.render.paper.templates import typst_string, xml_text

if TYPE_CHECKING:
    from types import ModuleType

    import typst

PPI = 300
"""Dots per inch of a PNG."""

_BOX = re.compile(r'the text `"(.*?)"` could not be displayed')
"""What the engine says of a text that it has no glyph for, where boxes are forbidden."""


def engine(fonts: Path | None = None) -> "ModuleType":
    """Import the engine. Raises `OutputError` where it is not installed, or a folder of fonts holds none."""
    try:
        import typst
    except ImportError as error:
        raise OutputError(
            "figures and the PDF report need typst, which is not installed",
            "pip install 'rfa_report[paper]', or leave these out with --format",
        ) from error
    if fonts is not None and not typst.Fonts(False, False, [fonts]).families():
        raise OutputError(f"{fonts} holds no fonts", "give --fonts a folder with .ttf, .otf or .ttc files")
    return typst


def typeset(source: str, files: Mapping[str, str], form: str, fonts: Path | None = None) -> bytes:
    """Set a document as pdf or png, with the engine's fonts and those of a folder. Raises `OutputError`."""
    typst = engine()
    try:
        made: bytes = typst.compile(_inputs(source, files), format=form, ppi=PPI, font_paths=_fonts(fonts))
    except typst.TypstError as error:
        raise OutputError(
            f"typst could not set the document: {one_line(error)}", "report this with the model"
        ) from error
    return made


def boxes(texts: Sequence[str], fonts: Path | None = None) -> tuple[str, ...]:
    """Return the parts of texts that would be printed as empty boxes, in a line or in a drawing.

    Archival PDF forbids them, so the engine names each. Raises `OutputError`.
    """
    typst = engine()
    drawn = "".join(f'<text y="9">{xml_text(text)}</text>' for text in texts)
    drawing = f'<svg xmlns="http://www.w3.org/2000/svg" width="9" height="9">{drawn}</svg>'
    source = '#image("drawing.svg")\n\n' + "\n\n".join(f"#{typst_string(text)}" for text in texts)
    inputs = _inputs(source, {"drawing.svg": drawing})
    try:
        typst.compile(inputs, format="pdf", pdf_standards="a-2b", timestamp=0, font_paths=_fonts(fonts))
    except typst.TypstError as error:
        if letters := tuple(_BOX.findall(error.diagnostic)):
            return letters
        raise OutputError(f"typst could not try the fonts: {one_line(error)}", "report this with the model") from error
    return ()


def _inputs(source: str, files: Mapping[str, str]) -> dict[str, bytes]:
    return {"main.typ": source.encode(), **{name: text.encode() for name, text in files.items()}}


@cache
def _fonts(folder: Path | None) -> "typst.Fonts":
    fonts: typst.Fonts = engine().Fonts(include_system_fonts=False, font_paths=[folder] if folder else [])
    return fonts
