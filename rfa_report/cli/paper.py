"""Commands about what is attached to a paper: `export`, `verify`."""

import sys
from pathlib import Path
from typing import Any

import click

from rfa_report.cli.options import of_models, rules_option
from rfa_report.publish.formats import FORMATS


@click.command()
@click.argument("specs", nargs=-1, required=True, metavar="SPEC...")
@click.option("-r", "--resolution", "resolutions", multiple=True,
              show_default="what the model was made for, or all that is stored",
              help="Input resolution in pixels; may be given several times.")  # fmt: skip
@click.option("--to", type=click.Path(path_type=Path, file_okay=False), required=True, help="The folder to write.")
@click.option("--format", "formats", type=click.Choice(tuple(FORMATS)), multiple=True, show_default="all",
              help="What to write; may be given several times.")  # fmt: skip
@click.option("--fonts", type=click.Path(path_type=Path),
              help="A folder of fonts for the PDF and the figures, whose own lack Chinese, for example.")  # fmt: skip
@of_models
def export(specs: tuple[str, ...], to: Path, formats: tuple[str, ...], fonts: Path | None, **asked: Any) -> None:
    """Write tables, figures and a supplement for a paper.

    SPEC is a model as for `show`, also with wildcards, or what is stored: a report, a folder of reports, a site, a zip
    file. What is stored is exported without loading torch.
    """
    from rfa_report.commands.export import ExportRequest
    from rfa_report.commands.export import export as run

    written = run(specs, ExportRequest(**asked), to, formats, fonts)
    click.echo(f"{written.files} files about {len(written.models)} architectures in {to}")


@click.command()
@click.argument("bundle")
@rules_option
@click.option("--trust", is_flag=True, help="Run the code that the bundle names: its rules, and models of no zoo.")
@click.option("--json", "as_json", is_flag=True, help="Print what differs as JSON, as `diff` does.")
def verify(bundle: str, rules: tuple[str, ...], trust: bool, as_json: bool) -> None:
    """Compute the reports of a supplement again.

    Exits with 1 if any number differs. BUNDLE is a zip file that `export` made, the folder that it was unpacked to,
    a site, a folder of reports, or one.
    """
    from rfa_report.commands.verify import verify as run

    sys.exit(0 if run(bundle, rules, trusted=trust, as_json_text=as_json) else 1)


COMMANDS = (export, verify)
