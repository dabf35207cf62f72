"""Reports of the first release in every command that reads stored ones."""

import shutil
from pathlib import Path

import pytest

from command_line import git, one_line, run
from gold import FOLDER as GOLD
from rfa_report import store

pytestmark = pytest.mark.slow

CONFIG = """
models = ["nets.py:net"]
resolutions = [16, 48, 64]
[check]
baseline = "v1"
"""
NETS = """from torch import nn


def net():
    return nn.Sequential(nn.Conv2d(3, 4, 3, 2, 1), nn.Conv2d(4, 4, 5))
"""


@pytest.fixture
def project(tmp_path: Path) -> Path:
    """Write one report in both schemas, and commit the old one."""
    for name in ("v1", "v2"):
        (tmp_path / name).mkdir()
    shutil.copy(GOLD / "report-of-0.1.json", tmp_path / "v1" / "old.json")
    (tmp_path / "v2" / "old.json").write_text(store.dumps(store.load(tmp_path / "v1" / "old.json")))
    (tmp_path / "v2" / "old.advice.json").write_text('{"schema": 2, "what": "advice"}')
    (tmp_path / "nets.py").write_text(NETS)
    (tmp_path / "rfa-report.toml").write_text(CONFIG)
    git(tmp_path, "init", "-q")
    git(tmp_path, "add", ".")
    git(tmp_path, "commit", "-qm", "reports of 0.1")
    return tmp_path


def test_a_report_of_either_schema_says_the_same(project: Path) -> None:
    for sides in (("v1", "v2"), ("v1/old.json", "v2/old.json"), ("HEAD:v1", "v2")):
        same = run("diff", *sides, cwd=project)
        assert (same.returncode, same.stderr) == (0, ""), sides
    done = run("export", "v1/old.json", "--to", "paper", "--format", "csv", cwd=project)
    assert done.returncode == 0, done.stderr
    assert "Old,nets.py:Old,48" in (project / "paper" / "numbers.csv").read_text()


def test_a_build_is_compared_with_reports_of_the_first_release(project: Path) -> None:
    checked = run("check", "--against", "HEAD", cwd=project)
    assert checked.returncode == 1, checked.stderr
    assert "renamed old → net" in checked.stdout
    built = run("build", "--no-site", "--against", "HEAD", "--update", cwd=project)
    assert built.returncode == 0, built.stderr
    assert [path.name for path in (project / "v1").iterdir()] == ["net.json"]


def test_a_report_of_a_later_schema_says_so(project: Path) -> None:
    path = project / "v2" / "old.json"
    path.write_text(path.read_text().replace('"schema": 2', '"schema": 9'))
    assert "has report schema 9, this version reads up to 2; upgrade" in one_line(run("diff", "v1", "v2", cwd=project))
