"""`rfa-report build`: a configuration -> a site."""

import os
from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass, replace
from fnmatch import fnmatchcase
from pathlib import Path

from rfa_report import api, sources, store
from rfa_report.commands import baseline, terminal, workers
from rfa_report.commands.review_site import stage_review
from rfa_report.commands.sides import old_side, side
from rfa_report.config import Config
from rfa_report.core.errors import ConfigError, SpecError
from rfa_report.diffing import Side, compare
from rfa_report.pages.review import review
from rfa_report.publish import engine, site
from rfa_report.publish.output import Output


@dataclass(frozen=True, slots=True)
class Built:
    """Say what a build made: failed models with their reasons, and those with layers that cannot be judged."""

    index: Path
    models: int
    failed: tuple[tuple[str, str], ...]
    refused: int
    not_judged: tuple[str, ...]
    updated: tuple[str, ...]


def build(
    config: Config,
    config_path: Path,
    out: Path | None,
    only: str | None,
    jobs: int | None = None,
    timeout: float = 300,
    *,
    update: bool = False,
    against: str | None = None,
) -> Built:
    """Analyse every model of a configuration and make the site. One that fails gets a page that says why.

    `jobs` models are worked on at a time (every core by default), each for at most `timeout` seconds. With `update`,
    the reports of those that did not fail are written to where they are committed, too. With `against`, the site says
    what changed since that side.
    """
    tasks = tasks_of(config, config_path)
    chosen = [task for task in tasks if only is None or _matches(only, task)]
    if not chosen:
        raise ConfigError(f"no model of {config_path} matches {only!r}", "widen --only, or leave it out")
    api.rule_book(config.rules, str(config_path))
    output = Output(out or config_path.parent / config.output)
    done: dict[str, workers.Made] = {}
    texts: dict[str, str] = {}

    def keep(task: workers.Task, made: workers.Made) -> None:
        for path, content in made.files.items():
            output.write(path, content)
        done[task.title] = replace(made, files={})
        if update and made.error is None:
            texts[task.slug] = made.files[site.report_path(task.slug)]

    with terminal.progress(len(chosen) + 1, "building") as step:
        for task, made in workers.run(chosen, jobs or os.cpu_count() or 1, timeout):
            keep(task, made)
            step(task.title, done=True)
        for task in tasks:
            stored = output.root / "reports" / f"{task.slug}.json"
            if task not in chosen and stored.is_file():
                keep(task, workers.staged(store.load(stored)))
        step("the site")
        made_in_order = [(task.title, done[task.title]) for task in tasks if task.title in done]
        own = config.site.mkdocs and config_path.parent / config.site.mkdocs
        rows = [made.row for _, made in made_in_order]
        if against is not None:
            _stage_review(output, old_side(against, config, config_path), config_path, [row.slug for row in rows])
        site.stage_whole(output, config.title, rows, config.site.url, own, changes=against is not None)
        index = engine.build_site(output)
        step("the site", done=True)
    slugs = frozenset(task.slug for task in tasks)
    folder = baseline.folder_of(config_path, config.check.baseline)
    updated = baseline.update(folder, texts, slugs) if update else ()
    return Built(
        index,
        len(made_in_order),
        tuple((title, made.error) for title, made in made_in_order if made.error),
        sum(made.refused for _, made in made_in_order),
        tuple(title for title, made in made_in_order if made.not_judged),
        updated,
    )


def _stage_review(output: Output, old: str, config_path: Path, slugs: Sequence[str]) -> None:
    """Stage the pages on what changed since an old side."""
    now = Side(str(config_path), {slug: (output.root / site.report_path(slug)).read_bytes for slug in slugs})
    with side(old) as before:
        found = [*compare(before, now)]
        stage_review(output, review(before.name, now.name, found), found, before, now)


def tasks_of(config: Config, path: Path) -> list[workers.Task]:
    """Spell out what is asked of each model of a configuration. Raises `ConfigError` where two would share a page."""
    tasks = []
    for number, wanted in enumerate(config.models):
        try:
            specs = sources.expand(wanted.spec)
        except SpecError as error:
            raise ConfigError(f"{path}: models[{number}].spec: {error.problem}", error.next_step) from error
        if wanted.name and len(specs) > 1:
            raise ConfigError(f"{path}: models[{number}].name names {len(specs)} models", "leave name out")
        tasks += [
            workers.Task(
                wanted.name or spec.rpartition(":")[2],
                spec,
                wanted.resolutions or config.resolutions,
                wanted.channels or config.channels,
                wanted.images,
                wanted.arguments,
                config.rules,
            )
            for spec in specs
        ]
    slugs = Counter(task.slug for task in tasks)
    for task in tasks:
        if slugs[task.slug] > 1:
            raise ConfigError(
                f"{path}: {slugs[task.slug]} models would share the page {task.slug!r}, one is {task.spec}",
                "give one of them another name = ...",
            )
    return tasks


def _matches(pattern: str, task: workers.Task) -> bool:
    return any(fnmatchcase(text, pattern) for text in (task.title, task.slug, task.spec))
