"""`rfa-report show`: one model in the terminal, or as JSON."""

import click

from rfa_report import api, store
from rfa_report.commands import terminal


def show(spec: str, resolutions: list[str], channels: int, arguments: dict[str, object], *, as_json: bool) -> None:
    """Analyse a model and print what was found."""
    with terminal.progress(1, "analysing") as step:
        step(spec)
        report = api.analyze(spec, resolutions, channels=channels, **arguments)
    if as_json:
        click.echo(store.dumps(report, split=False), nl=False)
    else:
        terminal.print_report(report)
