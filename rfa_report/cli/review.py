"""Commands that compare: `diff`, `check`."""

import sys
from datetime import UTC, datetime
from pathlib import Path

import click

from rfa_report.cli.options import config_option, output_option, shape_option
from rfa_report.config import load
from rfa_report.core.errors import RfaError


@click.command()
@click.argument("sides", nargs=-1, required=True, metavar="OLD NEW")
@click.option("--build", "live", is_flag=True, help="Analyse the configuration now, instead of NEW.")
@config_option
@shape_option
@output_option
@click.option("--exit-zero", is_flag=True, help="Exit with 0 even if something differs.")
def diff(sides: tuple[str, ...], live: bool, config: Path, shape: str, output: Path | None, exit_zero: bool) -> None:
    """Report what changed between two sets of reports.

    Exits with 1 if anything did. Each side is a report, a folder of them, a site, a zip file, or a git revision in
    which reports are committed: main, HEAD~3, v1.2:path/to/reports. OLD..NEW works as with git; OLD...NEW starts
    where the two went different ways.
    """
    wanted = load(config) if live else None
    from rfa_report.commands.diff import diff as run

    sys.exit(1 if run(sides, wanted, config, shape, output) and not exit_zero else 0)


@click.command()
@click.argument("new", required=False)
@click.option("--against", metavar="OLD", help="What to compare with, named as in diff.")
@click.option("--frozen", is_flag=True, help="Fail if the committed reports are out of date.")
@config_option
@shape_option
@output_option
@click.option("--today", type=click.DateTime(["%Y-%m-%d"]), show_default="the date in UTC",
              help="The day by which waivers expire.")  # fmt: skip
def check(
    new: str | None,
    against: str | None,
    frozen: bool,
    config: Path,
    shape: str,
    output: Path | None,
    today: datetime | None,
) -> None:
    """Report what changed, and fail if it breaks a rule.

    The rules, their limits and waivers stand in the configuration. NEW are stored reports, as in diff; without it,
    the configuration is analysed now. Of a revision without a path, OLD are the committed reports, and OLD... is
    where HEAD left it.
    """
    wanted = load(config)
    if (against is None) == (not frozen) or (frozen and (new or output or shape != "terminal")):
        raise RfaError("check needs either --against or --frozen", "write rfa-report check --against main, for example")
    if frozen:
        from rfa_report.commands.check import frozen as run_frozen

        sys.exit(1 if run_frozen(wanted, config) else 0)
    from rfa_report.commands.check import check as run

    day = today.date() if today else datetime.now(UTC).date()
    sys.exit(0 if run(wanted, config, str(against), new, shape, output, day) else 1)


COMMANDS = (diff, check)
