"""The side of a comparison that is not stored: what a configuration gives now."""

from functools import cache, partial
from pathlib import Path

import click

from rfa_report import api, store
from rfa_report.commands.build import tasks_of
from rfa_report.commands.workers import Task, analysed
from rfa_report.config import Config
from rfa_report.diffing import Side


def live(config: Config, path: Path) -> Side:
    """Make a side of a configuration, whose models are analysed one by one when they are read first."""
    api.rule_book(config.rules, str(path))
    return Side(str(path), {task.slug: cache(partial(_read, task)) for task in tasks_of(config, path)})


def _read(task: Task) -> bytes:
    click.echo(f"analysing {task.title}", err=True)
    return store.dumps(analysed(task)).encode()
