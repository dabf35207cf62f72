"""Whatever a model does costs that model only."""

import hashlib
from pathlib import Path

import pytest

from command_line import run

GOOD = """
from torch import nn

def narrow():
    return nn.Sequential(nn.Conv2d(3, 4, 3), nn.ReLU(), nn.Conv2d(4, 4, 3, 2))

def wide():
    return nn.Sequential(nn.Conv2d(3, 9, 5, padding=2), nn.ReLU(), nn.MaxPool2d(2), nn.Conv2d(9, 4, 3))
"""

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
    return bytearray(64 * 2**30)

def garbage():
    return "a model"

def wanders():
    os.chdir("/")
    sys.stdout.write("x" * 10_000_000)
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
    "garbage": "is not a model: it gave a str",
}


def _digests(folder: Path, names: tuple[str, ...]) -> dict[str, str]:
    files = [path for path in folder.rglob("*") if path.is_file() and path.stem.partition(".")[0] in names]
    return {str(path.relative_to(folder)): hashlib.sha256(path.read_bytes()).hexdigest() for path in files}


def _write(folder: Path, bad: bool) -> None:
    (folder / "good.py").write_text(GOOD)
    (folder / "bad.py").write_text(BAD)
    specs = ["good.py:narrow", *(f"bad.py:{name}" for name in (*REASONS, "wanders") if bad), "good.py:wide"]
    (folder / "rfa-report.toml").write_text(f"models = {specs!r}\nresolutions = [16, 32]\n".replace("'", '"'))


@pytest.mark.parametrize("jobs", [1, 3])
def test_a_hostile_model_costs_itself_only(tmp_path: Path, jobs: int) -> None:
    for name, bad in (("alone", False), ("among", True)):
        folder = tmp_path / name
        folder.mkdir()
        _write(folder, bad)
        done = run("build", "--jobs", str(jobs), "--timeout", "15", cwd=folder)
        assert done.returncode == int(bad), done.stderr
    for name, reason in REASONS.items():
        (line,) = [line for line in done.stderr.splitlines() if line.startswith(f"failed: {name}: ")]
        assert reason in line
        assert (folder / "rfa-site" / "site" / "models" / f"{name}.html").is_file()
    assert "x" * 100 not in done.stdout
    good = _digests(tmp_path / "alone" / "rfa-site" / "reports", ("narrow", "wide"))
    assert good
    assert good == _digests(tmp_path / "among" / "rfa-site" / "reports", ("narrow", "wide"))
    for part in ("docs/models", "theme/fragments", "graphs"):
        sides = [_digests(tmp_path / side / "rfa-site" / part, ("narrow", "wide")) for side in ("alone", "among")]
        assert sides[0] == sides[1] != {}
