"""Progress on standard error: a bar or, in a log, plain lines."""

from collections.abc import Iterator
from contextlib import contextmanager
from typing import Protocol

from rich.console import Console
from rich.progress import BarColumn, MofNCompleteColumn, Progress, TextColumn, TimeRemainingColumn


class Step(Protocol):
    """A step of the work, shown while it is done and once it is."""

    def __call__(self, doing: str, *, done: bool = False) -> None:
        """Show `doing`; with `done`, count one step as finished."""


@contextmanager
def progress(total: int, verb: str, *, quiet: bool = False) -> Iterator[Step]:
    """Show progress over `total` steps on standard error, unless it is to be `quiet`."""
    console = Console(stderr=True, quiet=quiet)
    if not console.is_terminal:
        finished = 0

        def line(doing: str, *, done: bool = False) -> None:
            nonlocal finished
            finished += done
            if done:
                console.print(f"[{finished}/{total}] {verb} {doing}", markup=False, highlight=False, soft_wrap=True)

        yield line
        return
    columns = (TextColumn("{task.description}"), BarColumn(), MofNCompleteColumn(), TimeRemainingColumn())
    with Progress(*columns, console=console, transient=True) as bar:
        task = bar.add_task(verb, total=total)

        def advance(doing: str, *, done: bool = False) -> None:
            bar.update(task, description=f"{verb} {doing}", advance=int(done))

        yield advance
