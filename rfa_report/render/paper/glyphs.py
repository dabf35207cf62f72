"""Names that the fonts lack glyphs for -> the same names with code points: nothing is printed as an empty box."""

import re
from pathlib import Path

from rfa_report import store
from rfa_report.core.report import ModelReport
from rfa_report.render.paper.typesetting import boxes

_FOREIGN = re.compile(r"[^\x00-\x7f]+")


def legible(report: ModelReport, fonts: Path | None = None) -> ModelReport:
    """Write each character of a report that would be a box as TeX tables do: 中 becomes [U+4E2D].

    Where the engine does not say which characters of a text it means, all that are not ASCII are written so.
    """
    whole = text = store.dumps(report)
    while (foreign := sorted(set(_FOREIGN.findall(text)))) and (boxed := boxes(foreign, fonts)):
        text = _escaped(text, "".join(boxed))
    return report if text == whole else store.loads(text)


def _escaped(text: str, told: str) -> str:
    """Escape the characters that the engine told of, which it writes as they are or as Rust does."""
    foreign = set("".join(_FOREIGN.findall(text)))
    lost = {char for char in foreign if char in told or f"\\u{{{ord(char):x}}}" in told} or foreign
    return text.translate({ord(char): f"[U+{ord(char):04X}]" for char in lost})
