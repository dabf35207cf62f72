"""A signal goes the same ways as an image: show, build, diff, check and export, by one way to write its length."""

from pathlib import Path

import pytest

from command_line import one_line, run

pytestmark = pytest.mark.slow

NETS = """
from torch import nn


def wave():
    return nn.Sequential(nn.Conv1d(1, 8, 9, 2), nn.ReLU(), nn.Conv1d(8, 8, 5, 2), nn.Conv1d(8, 8, 3))
"""
CONFIG = 'models = [{ spec = "nets.py:wave", channels = 1, resolutions = ["l=16000", "l=40"] }]\n'


def test_a_signal_is_shown_and_a_picture_of_it_is_refused_with_the_line_to_write(tmp_path: Path) -> None:
    (tmp_path / "nets.py").write_text(NETS)
    done = run("show", "nets.py:wave", "-r", "l=16000", "--channels", "1", cwd=tmp_path)
    assert done.returncode == 0, done.stderr
    assert "8×7996" in done.stdout, "(16000 - 9) // 2 + 1"
    assert "l=16000" in one_line(run("show", "nets.py:wave", "-r", "16000", "--channels", "1", cwd=tmp_path))


def test_a_signal_is_built_compared_checked_and_exported(tmp_path: Path) -> None:
    """16,000 samples are more than the 4,096 px at which a curve over resolutions usually ends."""
    (tmp_path / "nets.py").write_text(NETS)
    (tmp_path / "rfa-report.toml").write_text(CONFIG)
    built = run("build", "--no-site", "--update", cwd=tmp_path)
    assert built.returncode == 0, built.stderr
    assert run("check", "--frozen", cwd=tmp_path).returncode == 0
    done = run("export", "reports", "-r", "l=40", "--to", "out", "--format", "csv", cwd=tmp_path)
    assert done.returncode == 0, done.stderr
    (tmp_path / "nets.py").write_text(NETS.replace("9, 2", "9, 1"))
    differs = run("diff", "reports", "--build", cwd=tmp_path)
    assert differs.returncode == 1, differs.stderr
    assert "stride  2 → 1" in differs.stdout
