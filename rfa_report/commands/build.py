"""`rfa-report build`: a configuration -> a site."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace
from difflib import get_close_matches
from fnmatch import fnmatchcase
from pathlib import Path

from rfa_report import api, store
from rfa_report.config import Config
from rfa_report.core.errors import ConfigError
from rfa_report.core.slug import slugify
from rfa_report.diffing import Side, compare
from rfa_report.pages.review import changes
from rfa_report.pages.review.entry import review
from rfa_report.pages.zoo.history import history_page, snapshot
from rfa_report.pages.zoo.row import IndexRow
from rfa_report.pages.zoo.sets import ModelSet
from rfa_report.publish import engine, site
from rfa_report.publish.output import Output
from rfa_report.publish.review import stage_review
from rfa_report.running import workers
from rfa_report.running.outcomes import Options, outcomes
from rfa_report.running.progress import progress
from rfa_report.running.tasks import Task, tasks_of
from rfa_report.running.workers import Result
from rfa_report.stored import baseline
from rfa_report.stored.history import past
from rfa_report.stored.sides import old_side, side


@dataclass(frozen=True, slots=True)
class BuildSummary:
    """What a build made: how many models, how many of them anew, and how many files it wrote.

    `failed` are models with their reasons, `not_judged` those with layers that cannot be judged; `index` is the first
    page, None where no site was wanted.
    """

    index: Path | None
    models: int
    analysed: int
    written: int
    failed: tuple[tuple[str, str], ...]
    refused: int
    not_judged: tuple[str, ...]
    updated: tuple[str, ...]


def build(config: Config, config_path: Path, out: Path | None, options: Options) -> BuildSummary:
    """Analyse every model of a configuration and make the site. One that fails gets a page that says why."""
    tasks = tasks_of(config, config_path)
    chosen = [task for task in tasks if options.only is None or _matches(options.only, task)]
    if not chosen:
        raise ConfigError(f"no model of {config_path} matches {options.only!r}", "widen --only, or leave it out")
    api.rule_book(config.rules, str(config_path))
    _check_compared(config, config_path, tasks)
    before = past(config, config_path)
    done: dict[str, Result] = {}
    with (
        Output(out or config_path.parent / config.output) as output,
        progress(len(chosen) + options.site, "building", quiet=options.quiet) as step,
    ):
        analysed = 0
        for task, made, anew in outcomes(chosen, options, step):
            _keep(output, done, task, made)
            analysed += anew
            step(task.title, done=True)
        for task in tasks:
            stored = output.root / "reports" / f"{task.slug}.json"
            if task not in chosen and stored.is_file():
                _keep(output, done, task, workers.staged(store.load(stored)))
        made_in_order = [(task.title, done[task.title]) for task in tasks if task.title in done]
        own = config.site.mkdocs and config_path.parent / config.site.mkdocs
        rows = [made.row for _, made in made_in_order]
        against, more = options.against, dict[str, str]()
        if against is not None:
            _stage_review(output, old_side(against, config, config_path), config_path, [row.slug for row in rows])
            more["What changed"] = changes.INDEX
        if before:
            page = history_page([*before, snapshot("now", rows)])
            site.stage_page(output.write, page)
            more["History"] = page.path
        compared = tuple(compared_sets(config, rows))
        site.stage_whole(output, config.title, rows, config.site.url, own, compared, more=more)
        index = None
        if options.site:
            step("the site")
            index = engine.build_site(output, config.site.engine)
            step("the site", done=True)
        updated = _update(config, config_path, output, tasks, done) if options.update else ()
    return BuildSummary(
        index,
        len(made_in_order),
        analysed,
        output.written,
        tuple((title, made.error) for title, made in made_in_order if made.error),
        sum(made.refused for _, made in made_in_order),
        tuple(title for title, made in made_in_order if made.not_judged),
        updated,
    )


def compared_sets(config: Config, rows: Sequence[IndexRow]) -> Iterator[ModelSet]:
    """Yield the comparisons of a configuration, without those that fewer than two models are left of."""
    by_title = {row.title: row for row in rows}
    for wanted in config.compare:
        members = tuple(by_title[title] for title in wanted.models if title in by_title)
        if len(members) > 1:
            yield ModelSet("compare", slugify(wanted.title), wanted.title, members)


def _check_compared(config: Config, path: Path, tasks: Sequence[Task]) -> None:
    """Raise `ConfigError` where a comparison names what there is not, or two would share a page."""
    titles = [task.title for task in tasks]
    slugs: set[str] = set()
    for number, wanted in enumerate(config.compare):
        for index, title in enumerate(wanted.models):
            if title not in titles:
                close = get_close_matches(title, titles, n=1)
                raise ConfigError(
                    f"{path}: compare[{number}].models[{index}] names {title!r}, which is not on this site",
                    f"did you mean {close[0]}?" if close else "name architectures by the titles of their pages",
                )
        if slugify(wanted.title) in slugs:
            raise ConfigError(f"{path}: compare[{number}].title is taken: {wanted.title!r}", "give it another title")
        slugs.add(slugify(wanted.title))


def _update(
    config: Config, config_path: Path, output: Output, tasks: Sequence[Task], done: dict[str, Result]
) -> tuple[str, ...]:
    """Write the reports of models that did not fail to where they are committed, and name those that changed."""
    fine = [task.slug for task in tasks if task.title in done and done[task.title].error is None]
    texts = {slug: (output.root / site.report_path(slug)).read_text(encoding="utf-8") for slug in fine}
    folder = baseline.folder_of(config_path, config.check.baseline)
    return baseline.update(folder, texts, frozenset(task.slug for task in tasks))


def _keep(output: Output, done: dict[str, Result], task: Task, made: Result) -> None:
    """Write the files of a model, and remember the rest."""
    for path, content in made.files.items():
        output.write(path, content)
    done[task.title] = replace(made, files={})


def _stage_review(output: Output, old: str, config_path: Path, slugs: Sequence[str]) -> None:
    """Stage the pages on what changed since an old side."""
    now = Side(str(config_path), {slug: (output.root / site.report_path(slug)).read_bytes for slug in slugs})
    with side(old) as before:
        changes = [*compare(before, now)]
        stage_review(output, review(before.name, now.name, changes), changes, before, now)


def _matches(pattern: str, task: Task) -> bool:
    return any(fnmatchcase(text, pattern) for text in (task.title, task.slug, task.spec))
