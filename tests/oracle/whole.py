"""The whole proof: the analysis against the NaN oracle on torchvision's image models and a broad slice of timm.

`make oracle`, or `PYTHONPATH=tests python -m oracle.whole --help`. Results go to a file as they come: a second run goes
on where the first one stopped, and starts anew where versions or rules have changed.
"""

import hashlib
import json
import multiprocessing
import os
import re
import sys
import time
import traceback
import warnings
from collections import Counter, defaultdict
from collections.abc import Iterable, Iterator, Sequence
from concurrent.futures import ProcessPoolExecutor, as_completed
from concurrent.futures.process import BrokenProcessPool
from dataclasses import asdict, dataclass, field
from fnmatch import fnmatchcase
from functools import cache
from importlib.metadata import version
from math import prod
from pathlib import Path
from typing import cast

import click
import torch
from rich.box import SIMPLE_HEAD
from rich.console import Console
from rich.table import Table
from rich.text import Text

import rfa_report
from oracle.compare import Comparison, compare
from oracle.nan import OVERFLOW, concrete
from oracle.plans import NoPlanError, Plan, Size, family_of, plans, source, timm_specs, torchvision_specs
from rfa_report.core.errors import one_line
from rfa_report.running.progress import progress

WEIGHTS = 3e9
"""Bytes of weights in float32 that one process may hold."""

BATCH = 24
"""How many models a process checks before it is replaced."""

MOST_DIFFERENCES = 20
"""How many of the differences of one model at one size are kept."""


@dataclass(slots=True)
class Result:
    """Hold what came of one model at one size, as one line of the results; the size is None where none was found.

    `incomparable` counts module calls by reason and by name, in which numbers are stars.
    """

    spec: str
    family: str
    versions: dict[str, str]
    size: Size | None = None
    tmacs: float = 0.0
    seconds: float = 0.0
    compared: int = 0
    partial: int = 0
    wrong: int = 0
    differences: list[str] = field(default_factory=list)
    incomparable: dict[str, dict[str, int]] = field(default_factory=dict)
    stopped: str | None = None
    left_out: str | None = None
    crashed: str | None = None

    def take(self, found: Comparison) -> None:
        """Take over what the oracle said."""
        self.compared, self.partial, self.wrong = found.compared, found.partial, len(found.wrong)
        self.differences, self.stopped = found.wrong[:MOST_DIFFERENCES], found.stopped
        kinds: defaultdict[str, Counter[str]] = defaultdict(Counter)
        for call, why in found.incomparable.items():
            kinds[why][re.sub(r"\d+", "*", call.partition("#")[0]) or "(the model)"] += 1
        self.incomparable = {why: dict(names) for why, names in kinds.items()}


@cache
def versions() -> dict[str, str]:
    """Say what a result depends on: versions of packages, and a hash of the rooms that compute reaches."""
    package = Path(rfa_report.__file__).parent
    code = hashlib.sha256()
    for room in ("core", "rules", "analysis", "tracing"):
        for path in sorted((package / room).rglob("*.py")):
            code.update(path.read_bytes())
    installed = {name: version(name) for name in ("torch", "torchvision", "timm")}
    return {**installed, "rules": code.hexdigest()[:12]}


def check(spec: str, max_tmacs: float) -> list[Result]:
    """Compare one model with the oracle at two sizes."""
    torch.set_num_threads(1)
    warnings.simplefilter("ignore")
    results: list[Result] = []
    family = family_of(spec)
    try:
        results.extend(check_at(spec, family, plan) for plan in plans(spec, max_tmacs))
    except NoPlanError as reason:
        results.append(Result(spec, family, versions(), left_out=str(reason)))
    except Exception as error:  # a crash of the analysis is a result too
        results.append(Result(spec, family, versions(), crashed=_crash(error)))
    return results


def _crash(error: BaseException) -> str:
    """Say what was raised, and in which function of which file."""
    frames = traceback.extract_tb(error.__traceback__)
    where = f" in {Path(frames[-1].filename).name}:{frames[-1].name}" if frames else ""
    return f"{type(error).__name__}: {one_line(error)}{where}"


def check_at(spec: str, family: str, plan: Plan) -> Result:
    """Compare one model with the oracle at one size, in float32, and in float64 where that is not enough.

    With fast kernels first: where something differs, the plain ones have the last word.
    """
    result = Result(spec, family, versions(), plan.size, round(plan.tmacs, 4))
    weights = 4 * sum(prod(value.shape) for value in plan.recording.values if value.origin == "parameter")
    if weights > WEIGHTS:
        result.left_out = f"{weights / 1e9:.1f} GB of weights"
        return result
    start = time.monotonic()
    shape = (1, 3, *plan.size)
    largest = max(prod(value.shape) for value in plan.recording.values if value.origin == "call")
    chunk = max(1, min(24, round(1e9 / (4 * 12 * largest))))
    try:
        for dtype, fast in ((torch.float32, True), (torch.float32, False), (torch.float64, False)):
            model = source(spec, plan.arguments).factory()
            found = compare(plan.recording, concrete(cast(torch.nn.Module, model), dtype), shape, chunk, fast=fast)
            result.take(found)
            if OVERFLOW not in found.incomparable.values() and not found.wrong:
                break
        if found.stopped and "detection" not in family:
            result.crashed = found.stopped
    except Exception as error:
        result.crashed = _crash(error)
    result.seconds = round(time.monotonic() - start, 1)
    return result


def checked(specs: Sequence[str], max_tmacs: float, jobs: int, results: Path) -> list[Result]:
    """Compare all models that the file of results does not have yet, several at a time; append as they are done."""
    known = [result for result in _read(results) if result.versions == versions() and result.spec in specs]
    known = [result for result in known if not (result.left_out or result.crashed)]
    todo = [spec for spec in specs if spec not in {result.spec for result in known}]
    # After some models the processes are replaced: memory that they do not give back is gone with them.
    batches = [todo[i : i + BATCH * jobs] for i in range(0, len(todo), BATCH * jobs)]
    with progress(len(todo), "checked") as step, results.open("a", encoding="utf-8") as file:
        for batch in batches:
            with ProcessPoolExecutor(jobs, multiprocessing.get_context("spawn")) as pool:
                pending = {pool.submit(check, spec, max_tmacs): spec for spec in batch}
                for done in as_completed(pending):
                    try:
                        found = done.result()
                    except BrokenProcessPool as error:
                        raise click.ClickException(
                            "a process died, of memory perhaps; run again, --jobs 1, to go on"
                        ) from error
                    file.writelines(json.dumps(asdict(result)) + "\n" for result in found)
                    file.flush()
                    known += found
                    step(pending[done], done=True)
    return known


def _read(path: Path) -> Iterator[Result]:
    if path.is_file():
        for line in path.read_text(encoding="utf-8").splitlines():
            yield Result(**json.loads(line))


def report(results: Sequence[Result]) -> Iterator[Table]:
    """Yield what is to be said: families, what is wrong, what was left out, and what cannot be compared."""
    rows: defaultdict[tuple[str, str], list[Result]] = defaultdict(list)
    for result in results:
        rows[result.spec.partition(":")[0], result.family].append(result)
    ordered = [*sorted(rows.items()), (("total", ""), list(results))]
    yield _table(
        "Reaches of module outputs, compared with the oracle",
        ("zoo", "family", "models", "sizes", "compared", "partial", "not comparable", "wrong"),
        ((*names, *map(str, _sums(group))) for names, group in ordered),
    )
    size = {id(result): "×".join(map(str, result.size or ())) for result in results}
    failed = [(r, r.crashed or r.differences[0]) for r in results if r.crashed or r.wrong]
    yield _table(
        "Wrong", ("model", "size", "count", "first"), ((r.spec, size[id(r)], str(r.wrong), t) for r, t in failed)
    )
    left = [(r.spec, size[id(r)], r.left_out) for r in results if r.left_out]
    yield _table("Left out", ("model", "size", "why"), left)
    stopped = [(r.spec, size[id(r)], r.stopped) for r in results if r.stopped and not r.crashed]
    yield _table("Compared up to where the model raised", ("model", "size", "what it raised"), stopped)
    kinds: defaultdict[str, Counter[str]] = defaultdict(Counter)
    for result in results:
        for why, names in result.incomparable.items():
            kinds[why].update({f"{result.family}: {name}": count for name, count in names.items()})
    yield _table(
        "Not comparable",
        ("why", "calls", "most often"),
        ((why, str(sum(n.values())), ", ".join(k for k, _ in n.most_common(6))) for why, n in sorted(kinds.items())),
    )


def _sums(group: Sequence[Result]) -> tuple[int, ...]:
    ran = [result for result in group if not result.left_out]
    incomparable = sum(sum(names.values()) for result in ran for names in result.incomparable.values())
    totals = (sum(r.compared for r in ran), sum(r.partial for r in ran), incomparable, sum(r.wrong for r in ran))
    return (len({r.spec for r in ran}), len(ran), *totals)


def _table(title: str, columns: Sequence[str], rows: Iterable[Sequence[str]]) -> Table:
    table = Table(title=title, title_justify="left", box=SIMPLE_HEAD)
    for name in columns:
        table.add_column(name, overflow="fold", justify="left")
    for row in rows:
        table.add_row(*map(Text, row))
    return table


@click.command()
@click.option("--zoo", "zoos", type=click.Choice(["torchvision", "timm"]), multiple=True, help="Only this zoo.")
@click.option("--only", metavar="GLOB", default="*", help="Only specs like this, such as 'timm:resnet*'.")
@click.option("--timm-models", default=306, show_default=True, help="Take so many models of timm; some are left out.")
@click.option(
    "--max-tmacs", default=3.0, show_default=True, help="Leave out what costs more: 1 TMAC is a minute or two."
)
@click.option("--jobs", default=os.cpu_count(), show_default=True, help="Models to work on at a time.")
@click.option("--results", type=click.Path(path_type=Path), default="oracle.jsonl", show_default=True)
def main(zoos: tuple[str, ...], only: str, timm_models: int, max_tmacs: float, jobs: int, results: Path) -> None:
    """Compare the analysis with the NaN oracle on whole zoos. Exits with 1 when anything is wrong."""
    specs = [*(torchvision_specs() if "torchvision" in (zoos or ("torchvision",)) else [])]
    specs += timm_specs(timm_models) if "timm" in (zoos or ("timm",)) else []
    found = checked([spec for spec in specs if fnmatchcase(spec, only)], max_tmacs, jobs, results)
    console = Console()
    if not console.is_terminal:
        console.width = 160
    for table in report(found):
        if table.row_count:
            console.print(table)
    sys.exit(any(result.wrong or result.crashed for result in found))


if __name__ == "__main__":
    main()
