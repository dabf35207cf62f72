"""What comes of each task: from the cache, from processes here, or from the workers of a cluster."""

import os
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field

from rfa_report.running import cache, cluster, workers
from rfa_report.running.progress import Step
from rfa_report.running.tasks import Task
from rfa_report.running.workers import Result
from rfa_report.shelf import users


@dataclass(frozen=True, slots=True)
class Options:
    """How to build: at most `jobs` models at a time (every core by default), `timeout` seconds for each.

    `only` is a pattern of models to analyse anew, beside the others' reports as they are. Without `cached`, all models
    are analysed. Without `site`, pages are written, but no site is made of them. `scheduler` is the address of
    a Dask cluster whose workers analyse the models, instead of processes here. With `update`, the reports of models
    that did not fail are written to where they are committed, too. With `against`, the site says what changed since
    that side.
    """

    only: str | None = None
    jobs: int = field(default_factory=lambda: os.cpu_count() or 1)
    timeout: float = 300
    cached: bool = True
    site: bool = True
    quiet: bool = False
    scheduler: str | None = None
    update: bool = False
    against: str | None = None


def outcomes(tasks: Sequence[Task], options: Options, step: Step) -> Iterator[tuple[Task, Result, bool]]:
    """Yield what comes of each task, and whether it was computed now: what the cache has comes first."""
    shelf = users()
    keys = {task.slug: cache.key(task) for task in tasks}
    todo = []
    for task in tasks:
        key = keys[task.slug]
        if options.cached and key and (result := cache.get(shelf, key)):
            yield task, result, False
        else:
            todo.append(task)
    if options.scheduler:
        results = cluster.run(options.scheduler, todo, options.timeout, step)
    else:
        results = workers.run(todo, options.jobs, options.timeout, step)
    for task, result in results:
        if (key := keys[task.slug]) and result.error is None:
            cache.put(shelf, key, result)
        yield task, result, True
