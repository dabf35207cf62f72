"""The built wheel, installed into an environment of its own and used from outside the checkout."""

import json
import shutil
import subprocess
import sys
import sysconfig
import tarfile
import venv
import zipfile
from collections.abc import Iterator
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parents[2]
ASSETS = ["templates", "site_src", "mkdocs.yml"]
LEFT_OUT = {".pyc", ".orig", ".rej"}

CONFIG = """
title = "Small"
resolutions = [64]

[[models]]
spec = "torchvision:alexnet"

[[models]]
spec = "net.py:make"
name = "Tiny"
channels = 1
"""

NET = """
from torch import nn

def make():
    return nn.Sequential(nn.Conv2d(1, 8, 3), nn.ReLU(), nn.Conv2d(8, 8, 3, stride=2))
"""

pytestmark = [pytest.mark.slow, pytest.mark.xdist_group("wheel")]  # built once


def _run(*command: str | Path, cwd: Path) -> str:
    done = subprocess.run([str(part) for part in command], capture_output=True, text=True, check=False, cwd=cwd)
    assert done.returncode == 0, f"{command} ended with {done.returncode}\n{done.stdout}\n{done.stderr}"
    return done.stdout


@pytest.fixture(scope="module")
def sdist(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Build the source archive, without the network."""
    out = tmp_path_factory.mktemp("sdist")
    _run(sys.executable, "-m", "hatchling", "build", "-t", "sdist", "-d", out, cwd=ROOT)
    return next(out.glob("rfa_report-*.tar.gz"))


@pytest.fixture(scope="module")
def wheel(sdist: Path, tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Build the wheel from the unpacked source archive, as an index's user would."""
    folder = tmp_path_factory.mktemp("wheel")
    with tarfile.open(sdist) as archive:
        archive.extractall(folder, filter="data")
    _run(sys.executable, "-m", "hatchling", "build", "-t", "wheel", "-d", folder, cwd=next(folder.glob("rfa_report-*")))
    return next(folder.glob("*.whl"))


@pytest.fixture(scope="module")
def installed(wheel: Path, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Path]:
    """Install the wheel alone; the heavy dependencies come from the environment that runs the tests."""
    home = tmp_path_factory.mktemp("home")
    venv.create(home / "env", with_pip=False)
    scripts = home / "env" / ("Scripts" if sys.platform == "win32" else "bin")
    python = scripts / "python"
    pip: list[str | Path] = [sys.executable, "-m", "pip", "--disable-pip-version-check", "--python", python]
    _run(*pip, "install", "-q", "--no-deps", "--no-index", wheel, cwd=home)
    # A line in a .pth file adds a folder, but not what the .pth files inside it add: an editable install stays out.
    site = Path(_run(python, "-c", "import sysconfig; print(sysconfig.get_path('purelib'))", cwd=home).strip())
    (site / "dependencies.pth").write_text(f"{sysconfig.get_path('purelib')}\n", "utf-8")
    yield scripts
    shutil.rmtree(home)


def _tracked(folder: str) -> set[str]:
    """Give the files below `folder` that belong to the project, by their path from the root."""
    found = [ROOT / folder] if (ROOT / folder).is_file() else (ROOT / folder).rglob("*")
    return {p.relative_to(ROOT).as_posix() for p in found if p.is_file() and p.suffix not in LEFT_OUT}


def test_the_wheel_holds_the_package_and_the_assets_and_nothing_else(wheel: Path) -> None:
    with zipfile.ZipFile(wheel) as archive:
        names = {name for name in archive.namelist() if ".dist-info/" not in name}
    assets = {f"rfa_report/_assets/{name}" for asset in ASSETS for name in _tracked(asset)}
    assert names == _tracked("rfa_report") | assets
    assert "rfa_report/py.typed" in names


def test_the_installed_assets_are_those_of_the_wheel(installed: Path, tmp_path: Path) -> None:
    code = "from rfa_report import assets as a; print(a.templates(), a.site_src(), a.mkdocs_yml(), sep='\\n')"
    found = [Path(line) for line in _run(installed / "python", "-c", code, cwd=tmp_path).splitlines()]
    assert [path.name for path in found] == ASSETS
    assert all(path.parent.name == "_assets" and path.is_relative_to(installed.parent) for path in found)
    for path in found[:2]:
        assert {p.relative_to(path.parent).as_posix() for p in path.rglob("*") if p.is_file()} == _tracked(path.name)


def test_the_command_says_its_version(installed: Path, tmp_path: Path) -> None:
    assert "0.1.0" in _run(installed / "rfa-report", "--version", cwd=tmp_path)


def test_a_site_is_built_from_another_directory(installed: Path, tmp_path: Path) -> None:
    (tmp_path / "rfa-report.toml").write_text(CONFIG, "utf-8")
    (tmp_path / "net.py").write_text(NET, "utf-8")
    said = _run(installed / "rfa-report", "build", cwd=tmp_path)
    assert "index.html" in said
    site = tmp_path / "rfa-site" / "site"
    assert (site / "index.html").is_file()
    assert {path.stem for path in (site / "models").glob("*.html")} >= {"alexnet", "tiny"}
    reports = {path.stem: json.loads(path.read_text("utf-8")) for path in (site.parent / "reports").glob("*.json")}
    assert {name: report["title"] for name, report in reports.items()} == {"alexnet": "alexnet", "tiny": "Tiny"}
