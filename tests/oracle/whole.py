"""The whole proof: the analysis against oracles on torchvision's image models and a broad slice of timm.

`make oracle`, or `PYTHONPATH=tests python -m oracle.whole --help`. Results go to a file as they come: a second run goes
on where the first one stopped, and starts anew where versions or rules have changed.
"""

import json
import multiprocessing
import os
import sys
import warnings
from collections.abc import Callable, Mapping, Sequence
from concurrent.futures import ProcessPoolExecutor, as_completed
from concurrent.futures.process import BrokenProcessPool
from dataclasses import asdict
from fnmatch import fnmatchcase
from pathlib import Path

import click
import torch
from rich.console import Console

from oracle.plans import NoPlanError, family_of, net_specs, timm_specs, torchvision_specs
from oracle.proofs import PROOFS, crash
from oracle.results import Result, report, stored, versions
from rfa_report.running.progress import progress

Task = tuple[str, str]
"""What is to be proved, and of which model."""

BATCH = 24
"""How many models a process checks before it is replaced."""


def check(proof: str, spec: str, max_tmacs: float) -> list[Result]:
    """Try one proof on one model; a model that fails in another way is a result too."""
    torch.set_num_threads(1)
    warnings.simplefilter("ignore")
    results: list[Result] = []
    try:
        results.extend(PROOFS[proof](spec, max_tmacs))
    except NoPlanError as reason:
        results.append(Result(spec, family_of(spec), versions(), proof, left_out=str(reason)))
    except Exception as error:
        results.append(Result(spec, family_of(spec), versions(), proof, crashed=crash(error)))
    return results


def checked(tasks: Sequence[Task], max_tmacs: float, jobs: int, results: Path) -> list[Result]:
    """Compare all models that the file of results does not have yet, several at a time; append as they are done."""
    wanted = set(tasks)
    known = [r for r in stored(results) if r.versions == versions() and (r.proof, r.spec) in wanted]
    known = [result for result in known if not (result.left_out or result.crashed)]
    done_before = {(result.proof, result.spec) for result in known}
    todo = [task for task in tasks if task not in done_before]
    # After some models the processes are replaced: memory that they do not give back is gone with them.
    batches = [todo[i : i + BATCH * jobs] for i in range(0, len(todo), BATCH * jobs)]
    with progress(len(todo), "checked") as step, results.open("a", encoding="utf-8") as file:
        for batch in batches:
            with ProcessPoolExecutor(jobs, multiprocessing.get_context("spawn")) as pool:
                pending = {pool.submit(check, proof, spec, max_tmacs): f"{spec}, {proof}" for proof, spec in batch}
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


ZOOS: Mapping[str, Callable[[int], list[str]]] = {
    "nets": lambda _: net_specs(),
    "torchvision": lambda _: torchvision_specs(),
    "timm": timm_specs,
}
"""How to list the models of a zoo, of timm so many."""


@click.command()
@click.option(
    "--proof", "proofs", type=click.Choice([*PROOFS]), multiple=True, help="Only this: reach and sizes by default."
)
@click.option("--zoo", "zoos", type=click.Choice([*ZOOS]), multiple=True, help="Only this zoo.")
@click.option("--only", metavar="GLOB", default="*", help="Only specs like this, such as 'timm:resnet*'.")
@click.option("--timm-models", default=306, show_default=True, help="Take so many models of timm; some are left out.")
@click.option(
    "--max-tmacs", default=3.0, show_default=True, help="Leave out what costs more: 1 TMAC is a minute or two."
)
@click.option("--jobs", default=os.cpu_count(), show_default=True, help="Models to work on at a time.")
@click.option("--results", type=click.Path(path_type=Path), default="oracle.jsonl", show_default=True)
def main(
    proofs: tuple[str, ...],
    zoos: tuple[str, ...],
    only: str,
    timm_models: int,
    max_tmacs: float,
    jobs: int,
    results: Path,
) -> None:
    """Compare the analysis with oracles on whole zoos. Exits with 1 when anything is wrong.

    Reaches and sizes are compared with what NaN shows; verdicts with their definition, where NaN says what a kernel
    adds; the range with all sizes up to a limit, which takes minutes a model.
    """
    specs = [spec for zoo in zoos or ZOOS for spec in ZOOS[zoo](timm_models) if fnmatchcase(spec, only)]
    tasks = [(proof, spec) for spec in specs for proof in proofs or ("reach", "sizes")]
    found = checked(tasks, max_tmacs, jobs, results)
    console = Console()
    if not console.is_terminal:
        console.width = 160
    for table in report(found):
        if table.row_count:
            console.print(table)
    sys.exit(any(result.wrong or result.crashed for result in found))


if __name__ == "__main__":
    main()
