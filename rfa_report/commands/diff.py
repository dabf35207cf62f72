"""`rfa-report diff`: what changed between two sets of reports."""

import os
import sys
from collections.abc import Callable, Iterator, Sequence
from contextlib import ExitStack
from dataclasses import replace
from pathlib import Path

import click

from rfa_report.config import Config
from rfa_report.core.errors import OutputError, StoreError, one_line
from rfa_report.diffing import ModelChanges, Side, as_json, compare
from rfa_report.diffing.policy import Finding
from rfa_report.pages.review.checked import Checked
from rfa_report.pages.review.entry import Review, review
from rfa_report.publish.review import review_site
from rfa_report.render.review.annotations import annotations
from rfa_report.render.review.comment import comment
from rfa_report.render.review.junit import junit
from rfa_report.render.terminal.review import terminal_review
from rfa_report.running.comparing import new_side, spread
from rfa_report.stored.sides import side, two_sides

WHEN_DIFFERENT: dict[str, Callable[[Review], str]] = {"markdown": comment, "github": annotations}
"""Formats of which nothing is written where nothing differs."""


def diff(words: Sequence[str], config: Config | None, config_path: Path, shape: str, output: Path | None) -> bool:
    """Compare two sides, write it in the format asked for, and return whether anything differs.

    With a configuration, it is analysed now and takes the place of the new side.
    """
    first, second = two_sides(words)
    if (second is None) == (config is None):
        problem = "one side only" if config is None else "--build takes the place of the new side"
        raise StoreError(f"{problem}: {' '.join(words)}", "write rfa-report diff OLD NEW, or OLD --build")
    with ExitStack() as stack:
        old = stack.enter_context(side(first))
        new = stack.enter_context(new_side(second, config, config_path))
        each = stack.enter_context(spread(new))
        return write_comparison(old, new, compare(old, new, each), shape, output)


def write_comparison(
    old: Side,
    new: Side,
    compared: Iterator[ModelChanges],
    shape: str,
    output: Path | None,
    findings: list[Finding] | None = None,
    judge: Callable[[], Checked] | None = None,
) -> bool:
    """Write a comparison in a format, and return whether anything differs.

    `findings` grow while `compared` is read; `judge` says afterwards what they come to. Both are for a policy.
    """
    if shape == "json":
        differing: list[str] = []
        text = as_json(old.name, new.name, _noting(compared, differing), findings)
        _emit(text, output)
        return bool(differing)
    kept = [*compared] if shape == "html" else compared
    comparison = review(old.name, new.name, kept)
    if judge is not None:
        comparison = replace(comparison, checked=judge())
    if shape != "markdown" or not comparison.entries:
        for remark in comparison.remarks:
            click.echo(f"note: {remark}", err=True)
    if shape == "html":
        click.echo(f"open {review_site(output, comparison, kept, old, new)}")
        return bool(comparison.entries)
    _emit(_text(comparison, shape, colour=output is None and sys.stdout.isatty()), output)
    return bool(comparison.entries)


def _text(comparison: Review, shape: str, *, colour: bool) -> str:
    if shape == "junit":
        return junit(comparison)
    if shape == "terminal":
        return terminal_review(comparison, colour=colour) if comparison.entries or comparison.checked else ""
    return WHEN_DIFFERENT[shape](comparison) if comparison.entries else ""


def _noting(compared: Iterator[ModelChanges], differing: list[str]) -> Iterator[ModelChanges]:
    for changes in compared:
        if changes.changes:
            differing.append(changes.name)
        yield changes


def _emit(text: str, output: Path | None) -> None:
    """Print text, or write a file whole or not at all."""
    if output is None:
        click.echo(text, nl=False)
        return
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
