"""`rfa-report check`: what changed, and whether the policy lets it pass."""

from collections.abc import Iterator
from contextlib import ExitStack
from datetime import date
from pathlib import Path

import click

from rfa_report.commands.diff import write_comparison
from rfa_report.config import Config
from rfa_report.diffing import ModelChanges, compare
from rfa_report.diffing.policy import Finding, findings, idle
from rfa_report.pages.review.checked import Checked, checked
from rfa_report.running.comparing import new_side, spread
from rfa_report.running.live import live
from rfa_report.stored.baseline import committed, differences, folder_of
from rfa_report.stored.sides import old_side, side


def check(
    config: Config, config_path: Path, against: str, new: str | None, shape: str, output: Path | None, today: date
) -> bool:
    """Compare with an old side, tell what changed, and return whether the policy lets it pass.

    Without a new side, the configuration is analysed now.
    """
    collected: list[Finding] = []
    with ExitStack() as stack:
        before = stack.enter_context(side(old_side(against, config, config_path)))
        after = stack.enter_context(new_side(new, config, config_path))
        each = stack.enter_context(spread(after))
        write_comparison(
            before,
            after,
            _judging(compare(before, after, each), config, today, collected),
            shape,
            output,
            collected,
            lambda: _checked(config, config_path, collected),
        )
    return all(finding.waived for finding in collected)


def _judging(
    compared: Iterator[ModelChanges], config: Config, today: date, collected: list[Finding]
) -> Iterator[ModelChanges]:
    """Collect findings while the changes of one model after the other go by."""
    for changes in compared:
        collected += findings(changes, config.check, today)
        yield changes


def _checked(config: Config, config_path: Path, collected: list[Finding]) -> Checked:
    return checked(collected, idle(config.check, collected), config_path.name)


def frozen(config: Config, config_path: Path) -> bool:
    """Name the models whose committed report is not what the code gives now, and return whether there are any."""
    folder = folder_of(config_path, config.check.baseline)
    known = committed(folder)
    with live(config, config_path) as now:
        lines = sorted(differences(folder, known, now))
    for line in lines:
        click.echo(line)
    if lines:
        click.echo(f"{folder}: committed reports are out of date; update them with rfa-report build --update", err=True)
    return bool(lines)
