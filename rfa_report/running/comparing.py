"""The new side of a comparison, stored or analysed now, and a way to compare many models on every core."""

import gc
import multiprocessing
import signal
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from rfa_report.config import Config
from rfa_report.diffing import Side, Spread
from rfa_report.stored.sides import side

WORTH_PROCESSES = 20
"""Models from which on comparing them in several processes takes less time than starting those."""


@contextmanager
def new_side(name: str | None, config: Config | None, config_path: Path) -> Iterator[Side]:
    """Open the new side: a stored one, or what the configuration gives now."""
    if name is None and config is not None:
        from rfa_report.running.live import live  # and with it torch

        with live(config, config_path) as now:
            yield now
    else:
        with side(str(name)) as stored, _no_collection():
            yield stored


@contextmanager
def spread(side: Side) -> Iterator[Spread]:
    """Give a way to compare the models of a side: on every core, where they are so many that it is worth it."""
    if len(side.reports) < WORTH_PROCESSES:
        yield map
        return
    with multiprocessing.Pool(initializer=_start_comparing) as pool:
        yield pool.imap


def _start_comparing() -> None:
    """Start a process of a pool: it collects no garbage, and leaves it to its parent to be interrupted."""
    gc.disable()
    signal.signal(signal.SIGINT, signal.SIG_IGN)


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
