"""A build may be killed at any moment: the site before it stays readable, and the next build finishes the rest.

`RFA_KILLS=30` kills that often.
"""

import json
import os
import random
import signal
import subprocess
import sys
import time
from pathlib import Path

from command_line import run
from slow_zoo import files, write

KILLS = int(os.environ.get("RFA_KILLS", "2"))


def test_after_kills_a_build_is_as_if_nothing_had_happened(tmp_path: Path) -> None:
    for name in ("calm", "killed"):
        write(tmp_path / name, 5, 0.2)
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
        _readable(killed / "rfa-site")
    config.write_text(wanted)
    assert run("build", "--jobs", "2", cwd=killed).returncode == 0
    assert files(killed) == files(calm)


def _readable(out: Path) -> None:
    """Check that every page and every report is whole, and that every model that the index lists has its page."""
    for path in out.rglob("*.html"):
        if "site" in path.relative_to(out).parts[:1]:
            assert path.read_text(encoding="utf-8").rstrip().endswith("</html>"), path
    for path in (out / "reports").glob("*.json"):
        json.loads(path.read_text(encoding="utf-8"))
    index = (out / "site" / "index.html").read_text(encoding="utf-8")
    for width in range(1, 6):
        assert f"models/net-{width}.html" in index
        assert (out / "site" / "models" / f"net-{width}.html").is_file()
