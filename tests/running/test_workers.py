"""Whatever a model does costs that model only."""

import re
from pathlib import Path

import pytest

from command_line import run

pytestmark = pytest.mark.slow

GOOD = """
from torch import nn

def narrow():
    return nn.Sequential(nn.Conv2d(3, 4, 3), nn.ReLU(), nn.Conv2d(4, 4, 3, 2))

def wide(width=9):
    return nn.Sequential(nn.Conv2d(3, width, 5, padding=2), nn.ReLU(), nn.MaxPool2d(2), nn.Conv2d(width, 4, 3))
"""

GOOD_ONES = 20

BAD = """
import ctypes, os, sys, threading, time
import torch
from torch import nn

class Net(nn.Module):
    def __init__(self, act=lambda: None):
        super().__init__()
        self.conv = nn.Conv2d(3, 4, 3)
        self.act = act
    def forward(self, x):
        self.act()
        return self.conv(x)

def raises():
    raise RuntimeError("nothing to build")

def stops():
    def act():
        raise ValueError("nothing to run")
    return Net(act)

def loops():
    def act():
        while True:
            time.sleep(0.01)
    return Net(act)

def leaves():
    os._exit(3)

def crashes():
    ctypes.string_at(0)

def hoards():
    held = []
    while True:
        held.append(bytearray(2**26))

def garbage():
    return "a model"

def forks():
    if os.fork() == 0:
        time.sleep(5)
        os._exit(0)
    return Net()

def clock():
    return Net() if time.time_ns() % 2 else nn.Sequential(Net())

def wanders():
    os.chdir("/")
    for _ in range(100):
        sys.stdout.write("x" * 1_000_000)
    torch.manual_seed(7)
    nn.Conv2d.forward = lambda self, x: x
    torch.relu = None
    return Net()
"""

REASONS = {
    "raises": "raised RuntimeError: nothing to build",
    "stops": "raised at every resolution tried",
    "loops": "it took longer than 15 s",
    "leaves": "its process died with exit code 3",
    "crashes": "its process died with exit code -11",
    "hoards": "MemoryError",
    "garbage": "is not a model: it returned str",
}


STRANGE = ("forks", "clock", "wanders")
"""Models that do what they should not, and can be analysed all the same."""


def _write(folder: Path, bad: bool) -> None:
    folder.mkdir()
    (folder / "good.py").write_text(GOOD)
    (folder / "bad.py").write_text(BAD)
    names = [*REASONS, *STRANGE] if bad else []
    entries = [f'spec = "bad.py:{name}"' for name in names]
    for width in range(1, GOOD_ONES):
        entries.insert(2 * width, f'spec = "good.py:wide"\nname = "Wide {width}"\narguments = {{ width = {width} }}')
    models = "\n\n".join(f"[[models]]\n{entry}" for entry in ['spec = "good.py:narrow"', *entries])
    (folder / "rfa-report.toml").write_text(f"resolutions = [16, 32]\n\n{models}\n")


def _of_good_ones(folder: Path) -> dict[str, bytes]:
    found = [path for path in (folder / "rfa-site").rglob("*") if path.is_file() and "site" not in path.parts]
    good = [path for path in found if re.match(r"(wide-\d+|narrow)\b", path.name)]
    return {str(path.relative_to(folder)): path.read_bytes() for path in good}


def test_a_hostile_model_costs_itself_only(tmp_path: Path) -> None:
    alone, among = tmp_path / "alone", tmp_path / "among"
    _write(alone, bad=False)
    _write(among, bad=True)
    assert run("build", "--no-site", "--jobs", "1", cwd=alone).returncode == 0
    done = run("build", "--jobs", "3", "--timeout", "15", cwd=among)
    assert done.returncode == 1, done.stderr
    assert len([line for line in done.stderr.splitlines() if line.startswith("failed: ")]) == len(REASONS)
    for name, reason in REASONS.items():
        (line,) = [line for line in done.stderr.splitlines() if line.startswith(f"failed: {name}: ")]
        assert reason in line
        assert (among / "rfa-site" / "site" / "models" / f"{name}.html").is_file()
    assert "x" * 100 not in done.stdout
    good = _of_good_ones(alone)
    assert len([name for name in good if name.startswith("rfa-site/reports/")]) == GOOD_ONES
    assert len([name for name in good if name.startswith("rfa-site/docs/models/")]) == GOOD_ONES
    assert good == _of_good_ones(among)
