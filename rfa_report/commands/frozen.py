"""`rfa-report check --frozen`: whether the committed reports are what the code gives now."""

from pathlib import Path

import click

from rfa_report.config import Config
from rfa_report.running.live import live
from rfa_report.stored.baseline import committed, differences, folder_of


def frozen(config: Config, config_path: Path) -> bool:
    """Name the models whose committed report is not what the code gives now, and return whether there are any."""
    folder = folder_of(config_path, config.check.baseline)
    known = committed(folder)
    with live(config, config_path) as now:
        found = sorted(differences(folder, known, now))
    for line in found:
        click.echo(line)
    if found:
        click.echo(f"{folder}: committed reports are out of date; update them with rfa-report build --update", err=True)
    return bool(found)
