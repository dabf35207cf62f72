"""ModelReport -> verdict strips: the whole net at one glance, a bar of its layers for each resolution."""

from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass
from itertools import groupby

from rfa_report.core.layer import Verdict
from rfa_report.core.report import ModelReport, ResolutionReport
from rfa_report.drawing.graph.wiring import wiring
from rfa_report.wording.layers import short_path
from rfa_report.wording.stages import begins
from rfa_report.wording.verdicts import ABSENT, LOOKS, counts

CELLS = 24
"""How many cells the small strip in a table has."""


@dataclass(frozen=True, slots=True)
class Run:
    """Neighbouring layers of one verdict, by the share of all layers at which they start, and that they make."""

    start: float
    width: float
    verdict: str


@dataclass(frozen=True, slots=True)
class Strip:
    """The bar of a resolution: `words` say what it shows, `note` stands beside it."""

    index: int
    label: str
    note: str
    words: str
    runs: tuple[Run, ...]


@dataclass(frozen=True, slots=True)
class Strips:
    """The bars of a model, and where its modules begin."""

    slug: str
    title: str
    strips: tuple[Strip, ...]
    parts: tuple[tuple[str, float], ...]
    summary: str


def strips(report: ModelReport) -> Strips | None:
    """Lay out the verdict strips of a model; None where no layer depends on the input."""
    layers = wiring(report).layers
    if not layers:
        return None
    bars = []
    for index, at in enumerate(report.resolutions):
        slugs = [LOOKS[v[index].verdict].slug if index in v else ABSENT for v in layers.values()]
        bars.append(Strip(index, f"{at.label} px", _note(at), words(at), runs(slugs)))
    modules = tuple((short_path(name), x / len(layers)) for x, name in begins(report, list(layers)))
    return Strips(
        slug=report.slug,
        title=report.title,
        strips=tuple(bars),
        parts=modules,
        summary=f"The {len(layers)} layers of {report.title} in execution order, coloured by verdict. "
        + " ".join(f"At {strip.label}: {strip.words}." for strip in bars),
    )


def runs(slugs: Sequence[str]) -> tuple[Run, ...]:
    """Merge neighbours of one verdict; layers that do not run leave a gap."""
    merged: list[Run] = []
    at = 0
    for slug, group in groupby(slugs):
        count = len(list(group))
        if slug != ABSENT:
            merged.append(Run(at / len(slugs), count / len(slugs), slug))
        at += count
    return tuple(merged)


def words(at: ResolutionReport) -> str:
    """Say in words what a strip shows."""
    layers = [layer for layer in at.layers if layer.depends_on_input]
    verdicts = ", ".join(f"{mark.count} {mark.word}" for mark in counts(layers))
    if at.refusal is not None:
        return f"refused{f', after {verdicts}' if verdicts else ''}"
    return f"{verdicts}{f', the first unproductive one {at.border}' if at.border else ''}"


def unproductive(at: ResolutionReport) -> str:
    """Count the unproductive layers: `42/174`, or none."""
    bad = at.verdicts[Verdict.UNPRODUCTIVE]
    return f"{bad}/{len(at.layers)}" if bad else "none"


def sketch(at: ResolutionReport) -> str:
    """Reduce a strip to `CELLS` letters, each for the verdict that most layers of its cell have."""
    row = [LOOKS[layer.verdict].initial for layer in at.layers if layer.depends_on_input]
    cells = [row[len(row) * n // CELLS : len(row) * (n + 1) // CELLS] for n in range(CELLS)] if row else []
    filled = [cell or [row[len(row) * n // CELLS]] for n, cell in enumerate(cells)]
    return "".join(Counter(cell).most_common(1)[0][0] for cell in filled)


def _note(at: ResolutionReport) -> str:
    return "refused" if at.refusal is not None else f"○ {unproductive(at)}"
