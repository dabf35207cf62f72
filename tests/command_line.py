"""The real command line, in a process of its own."""

import os
import subprocess
import sys
from pathlib import Path


def run(*words: str | Path, cwd: Path, **environment: str) -> subprocess.CompletedProcess[str]:
    return subprocess.run(
        [sys.executable, "-m", "rfa_report", *map(str, words)],
        cwd=cwd,
        env={**os.environ, "COLUMNS": "120", **environment},
        capture_output=True,
        text=True,
        timeout=300,
        check=False,
    )


def one_line(done: subprocess.CompletedProcess[str], code: int = 2) -> str:
    """Return the one line that a mistake of the user's prints, and check that it is one."""
    assert done.returncode == code, done
    lines = done.stderr.strip().splitlines()
    assert len(lines) == 1, done.stderr
    assert lines[0].startswith("rfa-report: ")
    assert ";" in lines[0], "no next step"
    return lines[0]
