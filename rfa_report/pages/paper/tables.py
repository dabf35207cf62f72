"""Reports -> what a paper prints: tables for TeX and for the PDF, captions, caveats, references."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass

from rfa_report.core.layer import Layer
from rfa_report.core.report import ModelReport, ResolutionReport
from rfa_report.pages.model.notes import Note, notes
from rfa_report.pages.model.stages import StageCell, stages
from rfa_report.pages.paper.references import METHODS, Reference, tool
from rfa_report.wording import across
from rfa_report.wording.feasible import feasible_from
from rfa_report.wording.layers import Column, Place
from rfa_report.wording.layers import columns as layer_columns
from rfa_report.wording.numbers import UNITS, per_axis
from rfa_report.wording.verdicts import LOOKS

LEGEND = "; ".join(f"{look.letter} {verdict.value}" for verdict, look in LOOKS.items())
ROWS_OF_A_PAGE = 40
"""Tables with more rows go on over several pages."""

SIGNS = {"": 1, "k": 10**3, "M": 10**6, "G": 10**9, "T": 10**12}


@dataclass(frozen=True, slots=True)
class Cell:
    """A cell; `number` tells whether its text is a plain number, which is aligned at its point."""

    text: str
    number: bool = False


@dataclass(frozen=True, slots=True)
class Head:
    """The head of a column. A column of numbers says how many digits it has before and after the point."""

    text: str
    form: str = "text"
    digits: str = ""


@dataclass(frozen=True, slots=True)
class Table:
    """A table: its file and label, what its caption says, its columns and rows; a long one breaks over pages."""

    name: str
    label: str
    caption: str
    heads: tuple[Head, ...]
    rows: tuple[tuple[Cell, ...], ...]
    long: bool


@dataclass(frozen=True, slots=True)
class PaperModel:
    """What a paper says of one architecture."""

    slug: str
    title: str
    spec: str
    arguments: tuple[tuple[str, str], ...]
    family: str
    labels: tuple[str, ...]
    at: str
    summary: Table
    stages: Table
    layers: Table
    notes: tuple[Note, ...]
    refusals: tuple[tuple[str, str], ...]
    versions: str


@dataclass(frozen=True, slots=True)
class Paper:
    """What a paper says of all architectures; `version` is that of this program."""

    title: str
    version: str
    summary: Table
    models: tuple[PaperModel, ...]
    references: tuple[Reference, ...]
    versions: tuple[str, ...]


def paper(reports: Sequence[ModelReport], version: str) -> Paper:
    """Lay out what is printed of some reports."""
    models = tuple(_model(report) for report in reports)
    title = f"Receptive fields of {reports[0].title}" if len(reports) == 1 else "Receptive fields of architectures"
    return Paper(
        title=title,
        version=version,
        summary=summary_table(reports),
        models=models,
        references=(*METHODS, tool(version)),
        versions=tuple(dict.fromkeys(model.versions for model in models)),
    )


def summary_table(reports: Sequence[ModelReport]) -> Table:
    """Lay out models × resolutions."""
    pairs = [(report, at) for report in reports for at in report.resolutions]
    return _summary("summary", "tab:rfa-summary", "Productive depth of the architectures by input resolution.", pairs)


def layer_table(report: ModelReport) -> Table:
    """Lay out the layers of a model; what varies with the resolution is given at the one that is named."""
    shown = across.selected(report)
    lines = across.rows(report).values()
    here = [layers[shown] or next(layer for layer in layers if layer is not None) for layers in lines]
    verdicts = [tuple(Cell(LOOKS[x.verdict].letter if x else "–") for x in layers) for layers in lines]
    columns = [
        *(_column(column, here) for column in layer_columns(Place.PAPER)),
        *((Head(at.label), [row[i] for row in verdicts]) for i, at in enumerate(report.resolutions)),
    ]
    at = report.resolutions[shown].label
    caption = (
        f"Layers of {report.title} in execution order: smallest and largest receptive field and jump, and the "
        f"verdict at each input resolution, all in pixels ({LEGEND}). Maps and MACs are those at {at} px."
    )
    return _table(f"{report.slug}-layers", f"tab:rfa-{report.slug}-layers", caption, columns)


def _column(column: Column, layers: Sequence[Layer]) -> tuple[Head, list[Cell]]:
    """Lay out a column of the layer table; the names of layers may break."""
    if column.count:
        counts = [value for layer in layers if isinstance(value := column.exact(layer), int)]
        unit = _unit(counts)
        return Head(_of(column.title, unit), "number"), [_scaled(count, unit) for count in counts]
    if column.number:
        return Head(column.title, "number"), [_cell(column.text(layer)) for layer in layers]
    form = "id" if column.key == "layer" else "text"
    return Head(column.title, form), [Cell(column.text(layer)) for layer in layers]


def stage_table(report: ModelReport) -> Table:
    """Lay out the stages of a model, with the verdict that matters most in each."""
    rows = stages(report)
    columns = [
        (Head("Stage", "id"), [Cell(stage.name) for stage in rows]),
        (Head("Layers", "number"), [_cell(str(stage.layers)) for stage in rows]),
        (Head("Convs", "number"), [_cell(str(stage.convolutions)) for stage in rows]),
        (Head("Map"), [Cell(stage.output) for stage in rows]),
        (Head("RF max", "number"), [_cell(stage.rf_max) for stage in rows]),
        *(
            (
                Head(f"{at.label} px"),
                [_stage_cell(stage.cells[i]) for stage in rows],
            )
            for i, at in enumerate(report.resolutions)
        ),
    ]
    at = report.resolutions[across.selected(report)].label
    caption = (
        f"Stages of {report.title}: under each input resolution the verdict that matters most, and how many layers of "
        f"the stage have it. Maps are those at {at} px."
    )
    return _table(f"{report.slug}-stages", f"tab:rfa-{report.slug}-stages", caption, columns)


def _model(report: ModelReport) -> PaperModel:
    shown = report.resolutions[across.selected(report)]
    return PaperModel(
        slug=report.slug,
        title=report.title,
        spec=report.spec,
        arguments=tuple((name, repr(value)) for name, value in report.arguments.items()),
        family=report.family,
        labels=tuple(at.label for at in report.resolutions),
        at=shown.label,
        summary=_summary(
            f"{report.slug}-summary",
            f"tab:rfa-{report.slug}-summary",
            f"Productive depth of {report.title} by input resolution.",
            [(report, at) for at in report.resolutions],
        ),
        stages=stage_table(report),
        layers=layer_table(report),
        notes=notes(report),
        refusals=tuple((at.label, at.refusal) for at in report.resolutions if at.refusal is not None),
        versions=", ".join(f"{name} {version}" for name, version in report.versions.items()),
    )


def _summary(name: str, label: str, caption: str, pairs: Sequence[tuple[ModelReport, ResolutionReport]]) -> Table:
    params, macs = _unit(at.params for _, at in pairs), _unit(at.macs for _, at in pairs)
    refused = [at.refusal is not None for _, at in pairs]

    def unless(cells: Iterable[Cell]) -> list[Cell]:
        return [Cell("–") if skip else cell for skip, cell in zip(refused, cells, strict=True)]

    columns = [
        (Head("Model", "id"), [Cell(report.title) for report, _ in pairs]),
        (Head("Input"), [Cell(at.label) for _, at in pairs]),
        (Head("Depth", "number"), unless(_cell(str(at.depth)) for _, at in pairs)),
        (Head("Productive", "number"), [
            Cell("refused") if skip else _cell(str(at.productive_depth))
            for skip, (_, at) in zip(refused, pairs, strict=True)
        ]),
        (Head("Share (%)", "number"), unless(_share(at.productive_depth, at.depth) for _, at in pairs)),
        (Head("Feasible from", "number"), [_cell(feasible_from(at)) for _, at in pairs]),
        (Head("RF max", "number"), [_cell(per_axis(at.r_max)) for _, at in pairs]),
        (Head(_of("Params", params), "number"), unless(_scaled(at.params, params) for _, at in pairs)),
        (Head("wasted (%)", "number"), unless(_share(at.wasted_params, at.params) for _, at in pairs)),
        (Head(_of("MACs", macs), "number"), unless(_scaled(at.macs, macs) for _, at in pairs)),
        (Head("wasted (%)", "number"), unless(_share(at.wasted_macs, at.macs) for _, at in pairs)),
    ]  # fmt: skip
    caption = (
        f"{caption} Depth counts the convolutions on the longest path, productive depth those of them that are not "
        "unproductive; wasted is the share in unproductive layers. Input, smallest feasible input and largest finite "
        "receptive field (RF max) in pixels. Parameters, MACs and shares are rounded."
    )
    return _table(name, label, caption, columns)


def _table(name: str, label: str, caption: str, columns: Sequence[tuple[Head, Sequence[Cell]]]) -> Table:
    rows = tuple(zip(*(cells for _, cells in columns), strict=True))
    heads = tuple(Head(head.text, head.form, _digits(cells)) for head, cells in columns)
    return Table(name, label, caption, heads, rows, len(rows) > ROWS_OF_A_PAGE)


def _digits(cells: Iterable[Cell]) -> str:
    """Count the digits that a column needs before and after the point, as siunitx wants to be told: `4.2`."""
    parts = [cell.text.lstrip("-").partition(".") for cell in cells if cell.number]
    before, after = max((len(p[0]) for p in parts), default=1), max((len(p[2]) for p in parts), default=0)
    return f"{before}.{after}"


def _stage_cell(cell: StageCell) -> Cell:
    return Cell(f"{cell.mark.word}: {cell.text}" if cell.mark else cell.text)


def _cell(text: str) -> Cell:
    return Cell(text, text.replace(".", "", 1).replace("-", "", 1).isdecimal())


def _unit(values: Iterable[int]) -> str:
    """Choose the unit of a column, so that its largest value has one to three digits before the point."""
    most = max(values, default=0)
    return next((unit for factor, unit in UNITS if most >= factor), "")


def _of(name: str, unit: str) -> str:
    return f"{name} ({unit})" if unit else name


def _scaled(value: int, unit: str) -> Cell:
    """Write a count in the unit of its column; what would round to nothing is said to be less than that."""
    if not unit or not value:
        return Cell(str(value), True)
    text = f"{value / SIGNS[unit]:.2f}"
    return Cell(text, True) if float(text) else Cell("<0.01")


def _share(part: int, whole: int) -> Cell:
    """Write a share with a tenth, so that only nothing is 0 and only everything is 100."""
    if not whole:
        return Cell("–")
    share = 100 * part / whole
    if 0 < share < 0.05:
        return Cell("<0.1")
    return Cell(">99.9") if 99.95 <= share < 100 else Cell(f"{share:.1f}", True)
