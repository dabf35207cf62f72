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
        timeout=900,
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


def git(folder: Path, *words: str) -> None:
    """Run git as nobody in particular, whatever the machine's user has configured."""
    identity = ("-c", "user.name=t", "-c", "user.email=t@example.org", "-c", "init.defaultBranch=main")
    nobodys = {**os.environ, "GIT_CONFIG_GLOBAL": os.devnull, "GIT_CONFIG_SYSTEM": os.devnull}
    subprocess.run(["git", *identity, *words], cwd=folder, env=nobodys, check=True, capture_output=True)
