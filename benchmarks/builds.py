"""Time builds of whole zoos: cold, with nothing changed, with one model more; and the memory that they take.

    python benchmarks/builds.py [--zoo torchvision:* --zoo timm:*] [--alone] [--engine mkdocs] [--jobs N] [--json FILE]

Every build is the real command line in a folder and with a cache of its own. `--alone` also times
the same models analysed by as many processes without making pages. Memory is sampled twice a second: the most that the
parent held, and the most that any one of its processes did. Ratios are to the cold build; compare figures of one
machine only.
"""

import argparse
import json
import multiprocessing
import os
import platform
import subprocess
import sys
import tempfile
import time
from dataclasses import dataclass, field
from pathlib import Path
from threading import Thread

import psutil

from rfa_report.config import load
from rfa_report.running.tasks import Task, tasks_of
from rfa_report.running.workers import analysed

RESOLUTIONS = {"torchvision": [32, 64, 96, 128, 224], "timm": [32, 128, 224]}
"""The sizes at which the models of each zoo are analysed."""


@dataclass(slots=True)
class Memory:
    """Hold the most bytes that a process held, and the most that any of those below it did."""

    parent: int = 0
    worker: int = 0
    done: bool = False
    seen: dict[str, int] = field(default_factory=dict)

    def watch(self, pid: int) -> None:
        """Sample until the process is done."""
        process = psutil.Process(pid)
        while not self.done:
            try:
                self.parent = max(self.parent, process.memory_info().rss)
                held = [child.memory_info().rss for child in process.children(recursive=True)]
                self.worker = max([self.worker, *held])
            except psutil.Error:
                pass  # one that has just ended
            time.sleep(0.5)


def build(folder: Path, *options: str) -> dict[str, float]:
    """Build, and return seconds, gigabytes, and what the summary counts."""
    memory, start = Memory(), time.perf_counter()
    environment = os.environ | {"RFA_REPORT_CACHE": str(folder / "cache"), "OMP_NUM_THREADS": "1"}
    command = [sys.executable, "-m", "rfa_report", "build", *options]
    with subprocess.Popen(command, cwd=folder, env=environment, stdout=subprocess.PIPE, stderr=subprocess.PIPE) as run:
        watcher = Thread(target=memory.watch, args=[run.pid])
        watcher.start()
        out, err = run.communicate()
        memory.done = True
        watcher.join()
    seconds = time.perf_counter() - start
    if run.returncode > 1:
        raise SystemExit(err.decode())
    lines = out.decode().splitlines()
    print(*lines[:2], sep="\n", flush=True)
    models, failed, *_ = (int(word) for word in lines[0].replace(",", "").split() if word.isdigit())
    computed, _, written = (int(word) for word in lines[1].replace(",", "").split() if word.isdigit())
    return {
        "s": seconds, "models": models, "failed": failed, "analysed": computed, "files written": written,
        "parent, GB": memory.parent / 2**30, "largest process, GB": memory.worker / 2**30,
    }  # fmt: skip


def reports_alone(tasks: list[Task], jobs: int) -> float:
    """Return the seconds that analysing takes."""
    start = time.perf_counter()
    with multiprocessing.get_context("spawn").Pool(jobs) as pool:
        for _ in pool.imap_unordered(_layers, tasks):
            pass
    return time.perf_counter() - start


def _layers(task: Task) -> int:
    return sum(len(at.layers) for at in analysed(task).resolutions)


def measured(zoo: str, engine: str, jobs: int, *, alone: bool) -> dict[str, dict[str, float]]:
    """Build a zoo again and again, and return what each build took."""
    with tempfile.TemporaryDirectory() as name:
        folder, config = Path(name), Path(name) / "rfa-report.toml"
        head = f"resolutions = {RESOLUTIONS[zoo.partition(':')[0]]}\nsite.engine = {json.dumps(engine)}\n"
        config.write_text(f"{head}[[models]]\nspec = {json.dumps(zoo)}\n", encoding="utf-8")
        options = ["--jobs", str(jobs)]
        tasks = tasks_of(load(config), config)
        found = {}
        if alone:
            found[f"{zoo}: reports alone"] = {"s": reports_alone(tasks, jobs), "models": len(tasks)}
        found |= {
            f"{zoo}: cold, without a site": build(folder, "--no-site", *options),
            f"{zoo}: warm, without a site": build(folder, "--no-site", *options),
            f"{zoo}: warm, with its first site": build(folder, *options),
            f"{zoo}: nothing changed": build(folder, *options),
        }
        more = f"[[models]]\nspec = {json.dumps(tasks[0].spec)}\nname = 'one more'\n"
        config.write_text(config.read_text(encoding="utf-8") + more, encoding="utf-8")
        return found | {f"{zoo}: one model more": build(folder, *options)}


def main() -> None:
    """Print a table, and write it as JSON where asked to."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--zoo", action="append")
    parser.add_argument("--alone", action="store_true")
    parser.add_argument("--engine", default="mkdocs")
    parser.add_argument("--jobs", type=int, default=os.cpu_count() or 1)
    parser.add_argument("--json", type=Path)
    asked = parser.parse_args()
    found: dict[str, dict[str, float]] = {}
    for zoo in asked.zoo or ["torchvision:*"]:
        found |= measured(zoo, asked.engine, asked.jobs, alone=asked.alone)
    machine = f"{platform.machine()}, {asked.jobs} jobs on {os.cpu_count()} cores"
    cold = 0.0
    for name, figures in found.items():
        cold = figures["s"] if "cold" in name else cold
        ratio = f"{figures['s'] / cold:5.2f} of cold" if cold else ""
        rest = ", ".join(f"{key} {value:.4g}" for key, value in figures.items() if key != "s")
        print(f"{name:45} {figures['s']:8.1f} s  {ratio:14} {rest}")
    print(machine)
    if asked.json:
        asked.json.write_text(json.dumps({"machine": machine, **found}, indent=1) + "\n", encoding="utf-8")


if __name__ == "__main__":
    main()
