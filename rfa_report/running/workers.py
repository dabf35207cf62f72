"""Analyse models in processes of their own: whatever a model does costs that model only."""

import gc
import multiprocessing
import os
import resource
import sys
from collections.abc import Callable, Iterator, Mapping, Sequence
from concurrent.futures import FIRST_COMPLETED, Future, wait
from dataclasses import dataclass, replace
from importlib.metadata import version
from itertools import islice
from multiprocessing import forkserver
from pathlib import Path

from pebble import ProcessExpired, ProcessPool

from rfa_report import sources
from rfa_report.core.errors import RfaError, one_line
from rfa_report.core.inputs import AXES
from rfa_report.core.report import ModelReport
from rfa_report.core.subject import Design
from rfa_report.pages.zoo.row import IndexRow
from rfa_report.publish import site
from rfa_report.running.tasks import Task

READY = "rfa_report.running.preload"
"""What the process that workers are forked from imports, once; what the schemes of the models name follows it."""

MOST_MEMORY = 4 * 2**30
"""Bytes of data that a worker may hold; what asks for more gets a `MemoryError`."""


@dataclass(frozen=True, slots=True)
class Result:
    """What came of a model: its row of the index, its files by path, and what the summary says of it."""

    row: IndexRow
    error: str | None
    refused: int
    not_judged: bool
    files: Mapping[str, str]


def make(task: Task) -> Result:
    """Analyse one model and make its pages."""
    return staged(analysed(task))


def analysed(task: Task) -> ModelReport:
    """Analyse one model; one that cannot be analysed gives a report that says why."""
    from rfa_report import api

    try:
        report = api.analyze(
            task.spec,
            task.resolutions,
            channels=task.channels,
            images=task.images,
            inputs=task.inputs,
            size_argument=task.size_argument,
            rules=api.rule_book(task.rules, "rules"),
            **dict(task.arguments),
        )
    except RfaError as error:
        return failed(task, str(error))
    return replace(report, slug=task.slug, title=task.title)


def failed(task: Task, reason: str) -> ModelReport:
    """Report that a model could not be analysed, and why."""
    return ModelReport(
        slug=task.slug,
        title=task.title,
        spec=task.spec,
        family="failed",
        arguments=task.arguments,
        channels=task.channels or Design().channels,
        versions={"rfa_report": version("rfa_report"), **sources.scheme_of(task.spec).versions()},
        axes=AXES[len(task.resolutions[0])],
        resolutions=(),
        error=reason,
    )


def staged(report: ModelReport) -> Result:
    """Make the pages of a report, without writing them."""
    files: dict[str, str] = {}
    row = site.stage_model(files.__setitem__, report)
    refused = sum(1 for at in report.resolutions if at.refusal)
    return Result(row, report.error, refused, any(at.not_judged for at in report.resolutions), files)


def run(
    tasks: Sequence[Task], jobs: int, seconds: float, show: Callable[[str], object] = str
) -> Iterator[tuple[Task, Result]]:
    """Yield what comes of each task, as it is done; a task that takes longer than `seconds` is given up.

    Every task has a process of its own, forked from one that has imported torch. At most `jobs` run at a time, and
    few results wait to be taken. `show` is given the titles of those that run.
    """
    if not tasks:
        return
    context = multiprocessing.get_context("forkserver")
    theirs = (module for task in tasks for module in sources.scheme_of(task.spec).preload)
    context.set_forkserver_preload(list(dict.fromkeys([READY, *theirs])))
    _start_forkserver()
    queue = iter(tasks)
    waiting: dict[Future[Result], Task] = {}
    with ProcessPool(jobs, max_tasks=1, context=context, initializer=_confine, initargs=[str(Path.cwd())]) as pool:
        try:
            while True:
                while len(waiting) < 2 * jobs and (task := next(queue, None)):
                    waiting[pool.schedule(make, args=[task], timeout=seconds)] = task
                if not waiting:
                    break
                show(", ".join(task.title for task in islice(waiting.values(), jobs)))
                for done in wait(waiting, return_when=FIRST_COMPLETED).done:
                    task = waiting.pop(done)
                    yield task, _result(done, task, seconds)
        finally:
            pool.stop()  # type: ignore[no-untyped-call]


def _result(done: Future[Result], task: Task, seconds: float) -> Result:
    try:
        return done.result()
    except TimeoutError:
        reason = f"it took longer than {seconds:g} s; allow more with --timeout, or look for an endless loop"
    except ProcessExpired as error:
        reason = f"its process died with exit code {error.exitcode}; run it alone with rfa-report show"
    except MemoryError:
        reason = f"it asked for more than {MOST_MEMORY >> 30} GB of memory; analyse it at a smaller resolution"
    except Exception as error:
        reason = f"it raised {type(error).__name__}: {one_line(error)}; run it alone with rfa-report show"
    return staged(failed(task, reason))


def _start_forkserver() -> None:
    """Start the process that workers are forked from, silent: a worker that starts while the pool stops fails aloud."""
    sys.stderr.flush()
    loud, silence = os.dup(2), os.open(os.devnull, os.O_WRONLY)
    try:
        os.dup2(silence, 2)
        forkserver.ensure_running()
    finally:
        os.dup2(loud, 2)
        os.close(loud)
        os.close(silence)


def _confine(folder: str) -> None:
    """Start a worker: in the user's folder, silent, without more memory than it may have, one thread."""
    os.chdir(folder)
    silence = os.open(os.devnull, os.O_WRONLY)
    for stream in (sys.stdout, sys.stderr):
        os.dup2(silence, stream.fileno())
    _, most = resource.getrlimit(resource.RLIMIT_DATA)
    resource.setrlimit(resource.RLIMIT_DATA, (MOST_MEMORY, most))
    from rfa_report import tracing

    tracing.use_one_thread()
    gc.freeze()  # all of torch, which the collector need not look through for each model
