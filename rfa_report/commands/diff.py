"""`rfa-report diff`: what changed between two sets of reports."""

import gc
import os
import sys
from collections.abc import Callable, Iterator, Sequence
from contextlib import ExitStack, contextmanager
from pathlib import Path

import click

from rfa_report.commands.sides import side, two_sides
from rfa_report.commands.terminal_review import terminal_review
from rfa_report.config import Config
from rfa_report.core.errors import OutputError, StoreError, one_line
from rfa_report.diffing import ModelChanges, Side, as_json, compare
from rfa_report.pages.review import Review, review
from rfa_report.render.annotations import annotations
from rfa_report.render.comment import comment
from rfa_report.render.junit import junit

WHEN_DIFFERENT: dict[str, Callable[[Review], str]] = {"markdown": comment, "github": annotations}
"""Formats of which nothing is written where nothing differs."""

FORMATS = ("terminal", "json", "junit", *WHEN_DIFFERENT)


def diff(words: Sequence[str], config: Config | None, config_path: Path, shape: str, output: Path | None) -> bool:
    """Compare two sides, tell it in the format asked for, and return whether anything differs.

    With a configuration, it is analysed now and takes the place of the new side.
    """
    first, second = two_sides(words)
    if (second is None) == (config is None):
        problem = "one side only" if config is None else "--build takes the place of the new side"
        raise StoreError(f"{problem}: {' '.join(words)}", "write rfa-report diff OLD NEW, or OLD --build")
    with ExitStack() as stack:
        old = stack.enter_context(side(first))
        if config is not None:
            from rfa_report.commands.live import live  # and with it torch

            new = live(config, config_path)
        else:
            new = stack.enter_context(side(str(second)))
            stack.enter_context(_no_collection())
        text, differs = _told(old, new, shape, colour=output is None and sys.stdout.isatty())
    if output is not None:
        _write(output, text)
    else:
        click.echo(text, nl=False)
    return differs


def _told(old: Side, new: Side, shape: str, *, colour: bool) -> tuple[str, bool]:
    if shape == "json":
        differing: list[str] = []
        text = as_json(old.name, new.name, _noting(compare(old, new), differing))
        return text, bool(differing)
    told = review(old.name, new.name, compare(old, new))
    if shape != "markdown" or not told.entries:
        for remark in told.remarks:
            click.echo(f"note: {remark}", err=True)
    if shape == "junit":
        return junit(told), bool(told.entries)
    if not told.entries:
        return "", False
    return (terminal_review(told, colour=colour) if shape == "terminal" else WHEN_DIFFERENT[shape](told)), True


def _noting(compared: Iterator[ModelChanges], differing: list[str]) -> Iterator[ModelChanges]:
    for found in compared:
        if found.changes:
            differing.append(found.name)
        yield found


@contextmanager
def _no_collection() -> Iterator[None]:
    """Keep the garbage collector from searching reports, which have no cycles: it would take half of the time."""
    was = gc.isenabled()
    gc.disable()
    try:
        yield
    finally:
        if was:
            gc.enable()


def _write(output: Path, text: str) -> None:
    """Write a file whole or not at all."""
    temporary = output.with_name(f".{output.name}.{os.getpid()}.tmp")
    try:
        temporary.write_text(text, encoding="utf-8")
        temporary.replace(output)
    except OSError as error:
        raise OutputError(
            f"{output} cannot be written: {one_line(error)}", "choose another file with --output"
        ) from error
    finally:
        temporary.unlink(missing_ok=True)
