"""The command line: words -> a command, errors -> exit codes.

0 is fine, 1 means that models failed, that something differs, or that a check found something, 2 is a mistake of
the user's.
"""

import sys
import traceback as tracebacks
from importlib.metadata import version

import click

from rfa_report.cli import analyse, paper, review, site
from rfa_report.core.errors import RfaError

GROUPS = (site, analyse, review, paper)
"""Files of commands, each with the tuple `COMMANDS`."""


@click.group(context_settings={"help_option_names": ["-h", "--help"]})
@click.version_option(version("rfa_report"), prog_name="rfa-report")
@click.option("--traceback", is_flag=True, help="Show where an error came from.")
@click.pass_context
def cli(context: click.Context, traceback: bool) -> None:
    """Receptive-field analysis of PyTorch models: which layers add context at a resolution."""
    context.obj = traceback


for command in (command for group in GROUPS for command in group.COMMANDS):
    cli.add_command(command)


def main() -> None:
    """Run the command line."""
    wanted = "--traceback" in sys.argv
    try:
        cli(standalone_mode=False)
    except click.exceptions.Abort:
        sys.exit(130)
    except click.ClickException as error:
        error.show()
        sys.exit(2)
    except RfaError as error:
        if wanted:
            tracebacks.print_exc()
        click.echo(f"rfa-report: {error}", err=True)
        sys.exit(2)
