"""A comparison -> text in the format that was asked for, on the screen or in a file."""

import os
import sys
from collections.abc import Callable, Iterator
from dataclasses import replace
from pathlib import Path

import click

from rfa_report.core.errors import OutputError, one_line
from rfa_report.diffing import ModelChanges, Side, as_json
from rfa_report.diffing.policy import Finding
from rfa_report.pages.review.checked import Checked
from rfa_report.pages.review.entry import Review, review
from rfa_report.publish.review import review_site
from rfa_report.render.review.annotations import annotations
from rfa_report.render.review.comment import comment
from rfa_report.render.review.junit import junit
from rfa_report.render.terminal.review import terminal_review

WHEN_DIFFERENT: dict[str, Callable[[Review], str]] = {"markdown": comment, "github": annotations}
"""Formats of which nothing is written where nothing differs."""


def tell(
    old: Side,
    new: Side,
    compared: Iterator[ModelChanges],
    shape: str,
    output: Path | None,
    findings: list[Finding] | None = None,
    judge: Callable[[], Checked] | None = None,
) -> bool:
    """Tell a comparison, and return whether anything differs.

    `findings` grow while `compared` is read; `judge` says afterwards what they come to. Both are for a policy.
    """
    if shape == "json":
        differing: list[str] = []
        text = as_json(old.name, new.name, _noting(compared, differing), findings)
        _emit(text, output)
        return bool(differing)
    kept = [*compared] if shape == "html" else compared
    told = review(old.name, new.name, kept)
    if judge is not None:
        told = replace(told, checked=judge())
    if shape != "markdown" or not told.entries:
        for remark in told.remarks:
            click.echo(f"note: {remark}", err=True)
    if shape == "html":
        click.echo(f"open {review_site(output, told, kept, old, new)}")
        return bool(told.entries)
    _emit(_text(told, shape, colour=output is None and sys.stdout.isatty()), output)
    return bool(told.entries)


def _text(told: Review, shape: str, *, colour: bool) -> str:
    if shape == "junit":
        return junit(told)
    if shape == "terminal":
        return terminal_review(told, colour=colour) if told.entries or told.checked else ""
    return WHEN_DIFFERENT[shape](told) if told.entries else ""


def _noting(compared: Iterator[ModelChanges], differing: list[str]) -> Iterator[ModelChanges]:
    for found in compared:
        if found.changes:
            differing.append(found.name)
        yield found


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
