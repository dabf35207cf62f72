"""`rfa-report show`: one model in the terminal, or as JSON."""

from collections.abc import Sequence
from typing import Any

import click

from rfa_report import api, store
from rfa_report.core.report import ModelReport
from rfa_report.render.terminal.details import print_layers
from rfa_report.render.terminal.report import print_report
from rfa_report.running.progress import progress


def show(
    spec: str,
    resolutions: Sequence[str],
    channels: int | None,
    images: int | None,
    inputs: str | dict[str, str] | None,
    size_argument: str | None,
    rules: Sequence[str],
    arguments: dict[str, Any],
    layers: Sequence[str],
    *,
    as_json: bool,
) -> ModelReport:
    """Analyse a model and print what was found, or only what some names stand for. Raises `LayerError`."""
    book = api.rule_book(rules, "--rules")
    with progress(1, "analysing") as step:
        step(spec)
        sizes = resolutions or None
        report = api.analyze(
            spec,
            sizes,
            channels=channels,
            images=images,
            inputs=inputs,
            size_argument=size_argument,
            rules=book,
            **arguments,
        )
    named = {name: report.layer(name) for name in layers}
    if layers and as_json:
        click.echo(store.dumps_layers(report, named), nl=False)
    elif layers:
        print_layers(report, named)
    elif as_json:
        click.echo(store.dumps(report, split=False), nl=False)
    else:
        print_report(report)
    return report
