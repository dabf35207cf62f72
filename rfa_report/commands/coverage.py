"""`rfa-report coverage`: which models of a zoo are analysed, in part, or refused."""

import json
from collections import Counter
from collections.abc import Iterator, Sequence
from dataclasses import asdict, dataclass
from typing import Literal

import click
from rich.box import SIMPLE_HEAD
from rich.console import Console
from rich.table import Table
from rich.text import Text

from rfa_report import api, sources
from rfa_report.core.errors import ModelError, SpecError, one_line
from rfa_report.core.operator import How
from rfa_report.rules import Book
from rfa_report.running.progress import progress

STYLES = {"analysed": "green", "in part": "yellow", "refused": "red"}


@dataclass(frozen=True, slots=True)
class ModelCoverage:
    """How far one model is analysed at the input that it was made for.

    `not_judged` maps layers to the operators that hide them; `data_dependent` and `measured` name operators, whose
    layers are judged. `concrete` says that the forward pass had to compute with numbers. `reason` is why a model is
    refused: its own message.
    """

    spec: str
    status: Literal["analysed", "in part", "refused"]
    resolution: str = ""
    layers: int = 0
    not_judged: tuple[tuple[str, tuple[str, ...]], ...] = ()
    measured: tuple[str, ...] = ()
    data_dependent: tuple[str, ...] = ()
    concrete: bool = False
    reason: str = ""


def coverage(zoo: str, rules: Sequence[str], *, as_json: bool) -> list[ModelCoverage]:
    """Analyse every model of a zoo, and say how far each is."""
    book = api.rule_book(rules, "--rules")
    specs = sources.whole_zoo(zoo)
    rows = []
    with progress(len(specs), "analysing") as step:
        for spec in specs:
            step(spec)
            rows.append(covered(spec, book))
            if as_json:
                click.echo(json.dumps(asdict(rows[-1]), ensure_ascii=False))
            step(spec, done=True)
    if not as_json:
        _print(zoo, rows)
    return rows


def covered(spec: str, rules: Book | None = None) -> ModelCoverage:
    """Analyse one model; whatever it raises is the reason why it is refused."""
    try:
        at = api.examine(spec, rules)
    except (ModelError, SpecError) as error:
        return ModelCoverage(spec, "refused", reason=error.problem)
    except Exception as error:
        return ModelCoverage(spec, "refused", reason=f"rfa_report raised {type(error).__name__}: {one_line(error)}")
    named = {how: tuple(name for name, judged in at.operators.items() if judged is how) for how in How}
    return ModelCoverage(
        spec,
        "refused" if at.refusal else "in part" if at.not_judged else "analysed",
        at.label,
        len(at.layers),
        tuple((layer.id, layer.unknown) for layer in at.not_judged),
        named[How.MEASURED],
        named[How.DATA_DEPENDENT],
        at.concrete,
        at.refusal or "",
    )


def _print(zoo: str, rows: Sequence[ModelCoverage]) -> None:
    console = Console()
    if not console.is_terminal:
        console.width = 160
    table = Table(title=f"coverage of {zoo}", title_justify="left", box=SIMPLE_HEAD)
    for name in ("model", "input", "layers", "status"):
        table.add_column(name, no_wrap=True, justify="right" if name == "layers" else "left")
    table.add_column("because")
    for row in rows:
        status = Text(row.status, style=STYLES[row.status])
        table.add_row(row.spec, row.resolution, str(row.layers), status, Text("; ".join(_remarks(row))))
    console.print(table)
    counts = Counter[str](row.status for row in rows)
    parts = ", ".join(f"{counts[status]} {status}" for status in STYLES)
    console.print(f"{len(rows)} models: {parts}", highlight=False)


def _remarks(row: ModelCoverage) -> Iterator[str]:
    if row.reason:
        yield row.reason
    if row.not_judged:
        names = dict.fromkeys(op for _, ops in row.not_judged for op in ops)
        yield f"{len(row.not_judged)} layers not judged, from {row.not_judged[0][0]} on: {', '.join(names)}"
    if row.data_dependent:
        yield f"data-dependent: {', '.join(row.data_dependent)}"
    if row.measured:
        yield f"measured: {', '.join(row.measured)}"
    if row.concrete:
        yield "run with numbers"
