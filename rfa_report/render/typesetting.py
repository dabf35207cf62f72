"""Typst: the engine that makes PDF and PNG, an extra; its fonts are its own, so that every machine makes the same."""

from collections.abc import Mapping
from typing import TYPE_CHECKING

from rfa_report.core.errors import OutputError, one_line

if TYPE_CHECKING:
    from types import ModuleType

PPI = 300
"""Dots per inch of a PNG."""

FIRST_FOREIGN = "\u0530"
"""The engine's own fonts have the letters before this; for others those of the machine are asked."""

SYMBOLS = "\u2000", "\u2c00"


def engine() -> "ModuleType":
    """Import the engine. Raises `OutputError` where it is not installed."""
    try:
        import typst
    except ImportError as error:
        raise OutputError(
            "figures and the PDF report need typst, which is not installed",
            "pip install 'rfa_report[paper]', or leave these out with --format",
        ) from error
    return typst


def typeset(source: str, files: Mapping[str, str], form: str) -> bytes:
    """Set a document as pdf or png. Raises `OutputError`."""
    typst = engine()
    inputs = {"main.typ": source.encode(), **{name: text.encode() for name, text in files.items()}}
    own = not any(_foreign(char) for text in (source, *files.values()) for char in text)
    try:
        made: bytes = typst.compile(inputs, format=form, ppi=PPI, ignore_system_fonts=own)
    except typst.TypstError as error:
        raise OutputError(
            f"typst could not set the document: {one_line(error)}", "report this with the model"
        ) from error
    return made


def _foreign(char: str) -> bool:
    return char >= FIRST_FOREIGN and not SYMBOLS[0] <= char < SYMBOLS[1]
