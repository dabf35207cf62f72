"""Commands that analyse models and print the result: `show`, `coverage`."""

import sys
from typing import Any

import click

from rfa_report import sources
from rfa_report.cli.options import of_models, rules_option, strict_option

SHOW = f"""Print the layers of one model.

SPEC is {sources.forms()}.
"""

COVERAGE = f"""Report how much of each model in a zoo can be analysed.

Each is taken at the input that it was made for. ZOO is {" or ".join(sources.zoos())}, or a part of one with wildcards:
{sources.zoos()[-1]}:resnet*.
"""


@click.command(help=SHOW)
@click.argument("spec")
@click.option("-r", "--resolution", "resolutions", multiple=True, show_default="what the model was made for",
              help="Input resolution in pixels: N, HxW or, of videos, TxHxW; of signals l=N, in samples; may be "
                   "given several times.")  # fmt: skip
@of_models
@strict_option
@click.option("--layer", "layers", multiple=True, metavar="NAME",
              help="Print all numbers of this layer, module, stage or output (layer3, conv1#0, output) and no others; "
                   "may be given several times.")  # fmt: skip
@click.option("--json", "as_json", is_flag=True, help="Print the report as JSON, or with --layer that part of it.")
def show(spec: str, strict: bool, as_json: bool, **asked: Any) -> None:
    """Print the layers of one model."""
    from rfa_report.commands.show import show as run

    report = run(spec, **asked, as_json=as_json)
    if strict and (layers := [layer for at in report.resolutions for layer in at.not_judged]):
        click.echo(f"{len(layers)} layers cannot be judged, the first is {layers[0].id}", err=True)
        sys.exit(1)


@click.command(help=COVERAGE)
@click.argument("zoo")
@rules_option
@strict_option
@click.option("--json", "as_json", is_flag=True, help="Print one JSON object a model.")
def coverage(zoo: str, rules: tuple[str, ...], strict: bool, as_json: bool) -> None:
    """Report how much of each model in a zoo can be analysed."""
    from rfa_report.commands.coverage import coverage as run

    covered = run(zoo, rules, as_json=as_json)
    sys.exit(1 if strict and any(row.status != "analysed" for row in covered) else 0)


COMMANDS = (show, coverage)
