"""The same tasks on the workers of a Dask cluster: what a lost worker was doing is done by another."""

import multiprocessing
from collections.abc import Callable, Iterator, Mapping, Sequence
from typing import Any

from rfa_report.core.errors import ConfigError, one_line
from rfa_report.running import cache, workers
from rfa_report.running.tasks import Task
from rfa_report.running.workers import Result

PATIENCE = 20
"""Seconds to wait for a scheduler, and for its first worker."""


def run(
    scheduler: str, tasks: Sequence[Task], seconds: float, show: Callable[[str], object]
) -> Iterator[tuple[Task, Result]]:
    """Yield what comes of each task, as `workers.run` does, from the workers of the scheduler at an address.

    They need this package, and everything that counts in the same version. A task whose worker dies is given to
    another one by Dask, until it has cost as many workers as Dask allows. Raises `ConfigError` where there is no such
    cluster.
    """
    if not tasks:
        return
    client, as_completed = _connected(scheduler)
    with client:
        _check(client, scheduler)
        threads = sum(client.nthreads().values())
        queue = iter(tasks)
        waiting: dict[Any, Task] = {}
        done = as_completed()
        while True:
            while len(waiting) < 2 * threads and (task := next(queue, None)):
                future = client.submit(_alone, task, seconds, cache.tools(), pure=False)
                waiting[future] = task
                done.add(future)
            if not waiting:
                break
            show(", ".join(task.title for task in list(waiting.values())[:threads]))
            future = next(done)
            task = waiting.pop(future)
            yield task, _result(future, task)


def _connected(scheduler: str) -> tuple[Any, Any]:
    try:
        from distributed import Client, as_completed
    except ImportError as error:
        raise ConfigError("--scheduler needs Dask", "pip install 'rfa_report[dask]'") from error
    try:
        return Client(scheduler, timeout=PATIENCE), as_completed  # type: ignore[no-untyped-call]
    except (OSError, ValueError) as error:
        raise ConfigError(
            f"no scheduler answers at {scheduler}: {one_line(error)}", "start one with `dask scheduler`"
        ) from error


def _check(client: Any, scheduler: str) -> None:
    """Compare what every worker has with what is here."""
    try:
        client.wait_for_workers(1, timeout=PATIENCE)
    except TimeoutError as error:
        raise ConfigError(f"{scheduler} has no workers", f"start some with `dask worker {scheduler}`") from error
    for address, theirs in sorted(client.run(cache.tools, on_error="return").items()):
        if isinstance(theirs, BaseException):
            raise ConfigError(f"the worker at {address} lacks rfa_report: {one_line(theirs)}", "install it there")
        if other := [name for name, here in cache.tools().items() if theirs.get(name) != here]:
            raise ConfigError(
                f"the worker at {address} has another {', '.join(other)} than this machine", "install the same there"
            )


def _alone(task: Task, seconds: float, tools: Mapping[str, str]) -> Result:
    """Do one task on a worker, in a process of its own: whatever the model does, the worker lives."""
    if tools != cache.tools():
        raise RuntimeError("a worker has joined that has other versions than this machine")
    multiprocessing.current_process()._config["daemon"] = False  # type: ignore[attr-defined]  # may have children then
    ((_, result),) = workers.run([task], 1, seconds)
    return result


def _result(future: Any, task: Task) -> Result:
    try:
        result: Result = future.result()
    except Exception as error:  # KilledWorker, among others
        return workers.staged(workers.failed(task, f"the cluster could not do it: {one_line(error)}"))
    return result
