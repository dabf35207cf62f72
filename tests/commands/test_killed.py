"""A build may be killed at any moment: the site before it stays readable, and the next build finishes the rest.

`RFA_KILLS=30` kills that often.
"""

import os
import random
import signal
import subprocess
import sys
import time
from pathlib import Path

import pytest

from command_line import run
from slow_zoo import files, readable, write

pytestmark = pytest.mark.slow

KILLS = int(os.environ.get("RFA_KILLS", "2"))
COUNT = 5


def test_after_kills_a_build_is_as_if_nothing_had_happened(tmp_path: Path) -> None:
    for name in ("calm", "killed"):
        write(tmp_path / name, COUNT, 0.2)
    calm, killed = tmp_path / "calm", tmp_path / "killed"
    start = time.monotonic()
    assert run("build", "--jobs", "2", cwd=calm).returncode == 0
    whole = time.monotonic() - start
    config = killed / "rfa-report.toml"
    wanted = config.read_text()
    config.write_text(wanted.replace("[16, 32]", "[16]"))
    assert run("build", "--jobs", "2", cwd=killed).returncode == 0, "a site to be kept readable"
    draw = random.Random(7)
    for turn in range(KILLS):
        config.write_text(wanted if turn % 2 == 0 else wanted.replace("[16, 32]", "[16]"))
        process = subprocess.Popen(
            [sys.executable, "-m", "rfa_report", "build", "--jobs", "2"],
            cwd=killed,
            stdout=subprocess.DEVNULL,
            stderr=subprocess.DEVNULL,
            start_new_session=True,
        )
        time.sleep(draw.uniform(0.1, 1.0) * whole)
        os.killpg(process.pid, signal.SIGKILL)
        process.wait()
        readable(killed / "rfa-site", COUNT)
    config.write_text(wanted)
    assert run("build", "--jobs", "2", cwd=killed).returncode == 0
    assert files(killed) == files(calm)
