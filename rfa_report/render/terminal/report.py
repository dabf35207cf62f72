"""A report for the terminal: the layers of each resolution as a table, and what they add up to."""

from collections.abc import Iterator
from itertools import groupby

from rich.box import SIMPLE_HEAD
from rich.console import Console
from rich.table import Table
from rich.text import Text

from rfa_report.core.layer import Layer
from rfa_report.core.operator import How
from rfa_report.core.report import ModelReport, ResolutionReport
from rfa_report.wording.feasible import feasible_range
from rfa_report.wording.layers import Column, Place, columns
from rfa_report.wording.numbers import percent
from rfa_report.wording.stages import stages
from rfa_report.wording.verdicts import LOOKS


def print_report(report: ModelReport) -> None:
    """Print the layers of a model at each resolution, stage by stage, and what they add up to."""
    console = wide()
    if report.inputs:
        given = ", ".join(f"{name} = {pattern}" for name, pattern in report.inputs.items())
        console.print(f"inputs: {given}", markup=False, highlight=False, soft_wrap=True)
    if report.size_argument:
        console.print(f"built anew for each resolution by {report.size_argument}", markup=False, highlight=False)
    for number, at in enumerate(report.resolutions):
        if number:
            console.print()
        console.print(_table(report, at))
        for line in summary(at, varies=report.r_max_varies):
            console.print(line, markup=False, highlight=False, soft_wrap=True)


def wide() -> Console:
    """Open the terminal; what goes elsewhere has room for whole rows."""
    console = Console()
    if not console.is_terminal:
        console.width = 160
    return console


def summary(at: ResolutionReport, *, varies: bool = False) -> Iterator[str]:
    """Say in a few lines what a model is worth at a resolution."""
    bad, all_ = at.convolutions
    if at.refusal is not None:
        yield f"refused at {at.label} px in {at.refused_in or 'its constructor'}: {at.refusal}"
        yield "the numbers below are about the layers before that"
    if at.built_with:
        yield f"rebuilt with {at.built_with}, because the model refuses this resolution otherwise"
    yield f"productive depth {at.productive_depth} of {at.depth}; {bad} of {all_} convolutions unproductive"
    border = at.border_layer
    yield f"border layer: {border.id if border else 'none, every layer can add context'}"
    yield (
        f"waste: {percent(at.wasted_macs, at.macs)} of {at.macs:,} MACs, "
        f"{percent(at.wasted_params, at.params)} of {at.params:,} parameters"
    )
    yield feasible_range(at, varies=varies)
    if beyond := at.beyond_sizes:
        these = "1 layer also depends" if len(beyond) == 1 else f"{len(beyond)} layers also depend"
        yield f"{these} on the whole image (first: {beyond[0].id}); RF min and RF max do not include that"
    for name, how in at.operators.items():
        if how in (How.MEASURED, How.DATA_DEPENDENT):
            why = next((c.why for layer in at.layers for c in layer.caveats if c.name == name and c.why), "")
            yield f"{how}: {name}{why and ', for '}{why}"
    unknown = sorted({op for layer in at.layers for op in layer.unknown})
    if unknown:
        yield f"not judged because of operators without a rule: {', '.join(unknown)}"


def _table(report: ModelReport, at: ResolutionReport) -> Table:
    refused = ", refused by the model" if at.refusal else ""
    table = Table(title=f"{report.title} at {at.label} px{refused}", title_justify="left", box=SIMPLE_HEAD)
    shown = columns(Place.TERMINAL)
    for column in shown:
        table.add_column(column.head, justify="right" if column.number else "left", no_wrap=not column.number)
    stage_of = {key: name for name, keys in stages(report).items() for key in keys}
    headed = False
    for stage, run in groupby(at.layers, lambda layer: stage_of[layer.id]):
        layers = list(run)
        if headed or len(layers) > 1:
            table.add_section()
        headed = len(layers) > 1
        if headed:
            table.add_row(Text(stage, style="bold"))
        for layer in layers:
            table.add_row(*(_cell(column, layer) for column in shown))
    return table


def _cell(column: Column, layer: Layer) -> Text:
    """Write a cell; a verdict is known by its colour here, not by its symbol."""
    if column.key == "verdict":
        return Text(layer.verdict, style=LOOKS[layer.verdict].style)
    return Text(column.text(layer))
