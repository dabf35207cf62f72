"""Badges, and a snippet of Markdown with them, for a model card or a README."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass

from rfa_report.core.report import ModelReport, ResolutionReport
from rfa_report.pages.model.summary import SummaryRow, depth_share, summary
from rfa_report.pages.paper.tables import Paper
from rfa_report.render.paper.templates import render

LEFT = "productive depth"
A_LETTER, MARGIN = 6.6, 6.0
"""Width of a letter and of the space around a text, in pixels; the text is fitted to it."""

COLOURS = ((1.0, "#00664f"), (0.75, "#7a6200"), (0.0, "#a11f1b"))
"""Grounds by productive share, each from the share on that it is named with; white letters stand out on all."""

NO_DEPTH = "#525d69"


@dataclass(frozen=True, slots=True)
class Badge:
    """A badge: its file and what it says."""

    path: str
    text: str


@dataclass(frozen=True, slots=True)
class _Drawn:
    left: str
    right: str
    colour: str
    width: str
    split: str
    rest: str
    left_length: str
    right_start: str
    right_length: str


@dataclass(frozen=True, slots=True)
class _Card:
    title: str
    badges: tuple[Badge, ...]
    rows: tuple[SummaryRow, ...]


@dataclass(frozen=True, slots=True)
class _Cards:
    version: str
    cards: tuple[_Card, ...]


def badges(paper: Paper, reports: Sequence[ModelReport]) -> Iterator[tuple[str, str]]:
    """Draw a badge for each model and resolution, and write the snippet that shows them."""
    cards = []
    for report in reports:
        made = []
        for at in report.resolutions:
            right = f"refused @{at.label}" if at.refusal is not None else f"{depth_share(at)[0]} @{at.label}"
            badge = Badge(f"badges/{report.slug}-{at.label}.svg", f"{LEFT} {right}")
            yield badge.path, render("badge.svg.j2", _drawn(right, _colour(at)))
            made.append(badge)
        cards.append(_Card(report.title, tuple(made), summary(report)))
    yield "model-card.md", render("model-card.md.j2", _Cards(paper.version, tuple(cards)))


def _colour(at: ResolutionReport) -> str:
    if not at.depth or at.refusal is not None:
        return NO_DEPTH
    return next(colour for least, colour in COLOURS if at.productive_depth >= least * at.depth)


def _drawn(right: str, colour: str) -> _Drawn:
    left_length, right_length = A_LETTER * len(LEFT), A_LETTER * len(right)
    split, rest = left_length + 2 * MARGIN, right_length + 2 * MARGIN
    sizes = (split + rest, split, rest, left_length, split + MARGIN, right_length)
    return _Drawn(LEFT, right, colour, *(f"{size:.1f}" for size in sizes))
