"""`rfa-report build`: a configuration -> a site."""

from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass, replace
from fnmatch import fnmatchcase
from importlib.metadata import version
from pathlib import Path
from typing import Any

from rfa_report import api, sources, store
from rfa_report.commands import terminal
from rfa_report.config import Config, Wanted
from rfa_report.core.errors import ConfigError, ModelError, SpecError
from rfa_report.core.report import AXES, ModelReport
from rfa_report.core.slug import slugify
from rfa_report.publish import engine, site
from rfa_report.publish.output import Output
from rfa_report.rules import Book


@dataclass(frozen=True, slots=True)
class Built:
    """Say what a build made."""

    index: Path
    models: int
    failed: tuple[ModelReport, ...]
    refused: int
    not_judged: tuple[str, ...]


def build(config: Config, config_path: Path, out: Path | None, only: str | None) -> Built:
    """Analyse every model of a configuration and make the site. One that fails gets a page that says why."""
    entries = _entries(config, config_path)
    chosen = [title for title, wanted in entries if only is None or _matches(only, title, wanted)]
    if not chosen:
        raise ConfigError(f"no model of {config_path} matches {only!r}", "widen --only, or leave it out")
    rules = api.rule_book(config.rules, str(config_path))
    output = Output(out or config_path.parent / config.output)
    rows, failed, refused, not_judged = [], [], 0, []
    with terminal.progress(len(entries) + 1, "building") as step:
        for title, wanted in entries:
            step(title)
            path = output.root / "reports" / f"{slugify(title)}.json"
            if title in chosen:
                report = _analysed(config, title, wanted, rules)
            elif path.is_file():
                report = store.load(path)
            else:
                continue
            rows.append(site.stage_model(output, report))
            failed += [report] if report.error else []
            refused += sum(1 for r in report.resolutions if r.refusal)
            not_judged += [title] if any(r.not_judged for r in report.resolutions) else []
            step(title, done=True)
        step("the site")
        own = config.site.mkdocs and config_path.parent / config.site.mkdocs
        site.stage_whole(output, config.title, rows, config.site.url, own)
        index = engine.build_site(output)
        step("the site", done=True)
    return Built(index, len(rows), tuple(failed), refused, tuple(not_judged))


def _entries(config: Config, path: Path) -> list[tuple[str, Wanted]]:
    """Spell out wildcards and give every model its title. Raises `ConfigError` where two would share a page."""
    entries = []
    for number, wanted in enumerate(config.models):
        try:
            specs = sources.expand(wanted.spec)
        except SpecError as error:
            raise ConfigError(f"{path}: models[{number}].spec: {error.problem}", error.next_step) from error
        if wanted.name and len(specs) > 1:
            raise ConfigError(f"{path}: models[{number}].name names {len(specs)} models", "leave name out")
        entries += [
            (wanted.name or spec.rpartition(":")[2], wanted.model_copy(update={"spec": spec})) for spec in specs
        ]
    slugs = Counter(slugify(title) for title, _ in entries)
    for title, wanted in entries:
        if slugs[slugify(title)] > 1:
            raise ConfigError(
                f"{path}: {slugs[slugify(title)]} models would share the page {slugify(title)!r}, one is {wanted.spec}",
                "give one of them another name = ...",
            )
    return entries


def _matches(pattern: str, title: str, wanted: Wanted) -> bool:
    return any(fnmatchcase(text, pattern) for text in (title, slugify(title), wanted.spec))


def _analysed(config: Config, title: str, wanted: Wanted, rules: Book | None) -> ModelReport:
    """Analyse one model; a model that cannot be analysed gives a report that says why."""
    resolutions: Sequence[tuple[int, ...]] = wanted.resolutions or config.resolutions
    channels = wanted.channels or config.channels
    arguments: dict[str, Any] = dict(wanted.arguments)
    try:
        report = api.analyze(
            wanted.spec, resolutions, channels=channels, images=wanted.images, rules=rules, **arguments
        )
        return replace(report, slug=slugify(title), title=title)
    except (ModelError, SpecError) as error:
        return ModelReport(
            slug=slugify(title),
            title=title,
            spec=wanted.spec,
            family="failed",
            arguments=wanted.arguments,
            channels=channels,
            versions={"rfa_report": version("rfa_report"), "torch": version("torch")},
            axes=AXES[len(resolutions[0])],
            resolutions=(),
            error=str(error),
        )
