"""The same build on a cluster: two workers, one of which is killed on the way."""

import signal
import subprocess
import sys
import time
from collections.abc import Iterator
from pathlib import Path

import pytest

from command_line import one_line, run
from slow_zoo import files, write

pytestmark = pytest.mark.slow

COUNT = 8


@pytest.fixture
def cluster(tmp_path: Path) -> Iterator[tuple[str, list[subprocess.Popen[bytes]]]]:
    """Start a scheduler and two workers, in the folder of the models."""
    write(tmp_path / "cluster", COUNT, 1.0)
    address = tmp_path / "scheduler.json"

    def start(module: str, *words: str) -> subprocess.Popen[bytes]:
        command = [sys.executable, "-m", f"distributed.cli.{module}", "--scheduler-file", str(address), *words]
        return subprocess.Popen(command, cwd=tmp_path / "cluster", stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)

    processes = [start("dask_scheduler", "--host", "127.0.0.1", "--port", "0", "--no-dashboard")]
    processes += [start("dask_worker", "--nthreads", "1", "--no-nanny", "--no-dashboard") for _ in range(2)]
    try:
        for _ in range(600):
            if address.exists():
                break
            time.sleep(0.1)
        yield str(address), processes[1:]
    finally:
        for process in processes:
            process.kill()
            process.wait()


def test_a_worker_that_dies_costs_nothing(tmp_path: Path, cluster: tuple[str, list[subprocess.Popen[bytes]]]) -> None:
    import json

    address = json.loads(Path(cluster[0]).read_text())["address"]
    build = subprocess.Popen(
        [sys.executable, "-m", "rfa_report", "build", "--no-site", "--scheduler", address],
        cwd=tmp_path / "cluster",
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        text=True,
    )
    assert build.stderr
    first = next(build.stderr)
    assert first.startswith("[1/"), first
    cluster[1][0].send_signal(signal.SIGKILL)
    said = build.communicate(timeout=300)
    assert build.returncode == 0, said
    assert f"{COUNT} models, 0 failed" in said[0]
    write(tmp_path / "here", COUNT, 1.0)
    assert run("build", "--no-site", "--jobs", "2", cwd=tmp_path / "here").returncode == 0
    assert files(tmp_path / "cluster") == files(tmp_path / "here")


def test_where_no_scheduler_is_one_line_says_so(tmp_path: Path) -> None:
    write(tmp_path / "here", 1, 0.0)
    said = one_line(run("build", "--scheduler", "tcp://127.0.0.1:9", cwd=tmp_path / "here"))
    assert "no scheduler answers at tcp://127.0.0.1:9" in said
