"""`rfa-report diff`: what changed between two sets of reports."""

from collections.abc import Sequence
from contextlib import ExitStack
from pathlib import Path

from rfa_report.commands.told import tell
from rfa_report.config import Config
from rfa_report.core.errors import StoreError
from rfa_report.diffing import compare
from rfa_report.running.comparing import new_side, spread
from rfa_report.stored.sides import side, two_sides


def diff(words: Sequence[str], config: Config | None, config_path: Path, shape: str, output: Path | None) -> bool:
    """Compare two sides, tell it in the format asked for, and return whether anything differs.

    With a configuration, it is analysed now and takes the place of the new side.
    """
    first, second = two_sides(words)
    if (second is None) == (config is None):
        problem = "one side only" if config is None else "--build takes the place of the new side"
        raise StoreError(f"{problem}: {' '.join(words)}", "write rfa-report diff OLD NEW, or OLD --build")
    with ExitStack() as stack:
        old = stack.enter_context(side(first))
        new = stack.enter_context(new_side(second, config, config_path))
        each = stack.enter_context(spread(new))
        return tell(old, new, compare(old, new, each), shape, output)
