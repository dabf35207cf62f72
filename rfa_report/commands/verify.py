"""`rfa-report verify`: compute the reports of a bundle again, and say which agree."""

from collections.abc import Mapping, Sequence
from dataclasses import replace
from functools import partial

import click

from rfa_report import api, store
from rfa_report.core.errors import ModelError
from rfa_report.core.report import ModelReport
from rfa_report.diffing import ModelChanges, Side, as_json, compare
from rfa_report.pages.review.entry import review
from rfa_report.render.terminal.review import terminal_review
from rfa_report.running.tasks import Task
from rfa_report.running.workers import analysed
from rfa_report.stored.bundled import rules_of
from rfa_report.stored.sides import side

HERE = "computed here"
"""How the new side is called."""


def verify(bundle: str, rules: Sequence[str], *, trusted: bool, as_json_text: bool) -> bool:
    """Compare a bundle with what the installed versions compute; return whether everything agrees.

    The code that a bundle names, its rules and models of no zoo, is run only if it is trusted.
    """
    with side(bundle) as stored:
        old = {slug: store.loads(read().decode("utf-8", "replace"), slug) for slug, read in stored.reports.items()}
    with rules_of(bundle, rules, (report.spec for report in old.values()), trusted=trusted) as own:
        api.rule_book(own, "rules")
        new = {slug: _again(report, own) for slug, report in old.items()}
    differences = list(compare(_side(bundle, old), _side(HERE, new)))
    agree = [slug for slug in old if _without_versions(old[slug]) == _without_versions(new[slug])]
    unsaid = [changes.name for changes in differences if not changes.changes and changes.name not in agree]
    if as_json_text:
        click.echo(as_json(bundle, HERE, differences), nl=False)
    else:
        for name in agree:
            click.echo(f"{name}  agrees")
        for name in unsaid:
            click.echo(f"{name}  differs, in numbers of single layers that `rfa-report diff` does not tell")
        if len(agree) + len(unsaid) < len(differences):
            click.echo(terminal_review(review(bundle, HERE, differences), colour=False), nl=False)
        for remark in _versions(differences):
            click.echo(remark)
        click.echo(f"{len(agree)} of {len(differences)} reports of {bundle} agree with what is computed here")
    return len(agree) == len(differences)


def _again(old: ModelReport, rules: tuple[str, ...]) -> ModelReport:
    """Compute a report again. Raises `ModelError` where its model is not here."""
    click.echo(f"computing {old.title}", err=True)
    sizes = tuple(at.size for at in old.resolutions)
    if not sizes:
        raise ModelError(f"{old.title} holds no resolution: {old.error}", "verify a bundle of models that ran")
    channels, images = (None, None) if old.inputs else (old.channels, old.images)
    asked = (channels, images, old.inputs or None, old.size_argument, old.arguments)
    new = analysed(Task(old.title, old.spec, sizes, *asked, rules))
    if new.error is not None:
        raise ModelError(
            f"{old.title} cannot be computed again from {old.spec}: {new.error}",
            "verify where the model's code is, with the versions that the bundle names",
        )
    return store.loads(store.dumps(replace(new, slug=old.slug)))


def _side(name: str, reports: Mapping[str, ModelReport]) -> Side:
    return Side(name, {slug: partial(_text, report) for slug, report in reports.items()})


def _text(report: ModelReport) -> bytes:
    return store.dumps(report).encode()


def _without_versions(report: ModelReport) -> ModelReport:
    return replace(report, versions={})


def _versions(differences: Sequence[ModelChanges]) -> list[str]:
    differing = sorted({entry for changes in differences for entry in changes.versions})
    return [f"{name}: {old} in the bundle, {new} here" for name, old, new in differing]
