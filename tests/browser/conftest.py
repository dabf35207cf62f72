"""One small zoo, built once by each engine; or a whole site that lies somewhere: `RFA_SITE=rfa-site/site`."""

import os
import subprocess
import sys
from collections.abc import Iterator
from importlib.util import find_spec
from pathlib import Path

import pytest
from playwright.sync_api import Browser, sync_playwright

from browsing import FLAGS, Site, served

ENGINES = ("mkdocs", "zensical")
CONFIG = """
resolutions = [32, 64, 224]
[[models]]
spec = "torchvision:alexnet"
[[models]]
spec = "torchvision:resnet18"
[[models]]
spec = "torchvision:swin_t"
[[models]]
spec = "nets.py:broken"
[site]
engine = "{engine}"
"""


@pytest.fixture(scope="session")
def browser(chromium: str) -> Iterator[Browser]:
    with sync_playwright() as playwright:
        started = playwright.chromium.launch(executable_path=chromium, args=FLAGS)
        yield started
        started.close()


@pytest.fixture(scope="session")
def folders(tmp_path_factory: pytest.TempPathFactory) -> dict[str, Path]:
    """Build the zoo by every engine that is there; its models are analysed once, and then known."""
    if built := os.environ.get("RFA_SITE"):
        return {"mkdocs": Path(built).resolve()}
    home = tmp_path_factory.mktemp("zoo")
    (home / "nets.py").write_text("def broken():\n    raise ValueError('<b>broken</b> {{ on }} purpose')\n")
    folders = {}
    for engine in ENGINES:
        if find_spec(engine) is None:
            continue
        (home / "rfa-report.toml").write_text(CONFIG.format(engine=engine))
        done = subprocess.run([sys.executable, "-m", "rfa_report", "build"], cwd=home, capture_output=True, text=True)
        assert done.returncode == 1, done.stderr
        folders[engine] = (home / "rfa-site" / "site").rename(home / engine)
    return folders


@pytest.fixture(scope="session", params=[f"{engine}-{by}" for engine in ENGINES for by in ("file", "http")])
def site(request: pytest.FixtureRequest, folders: dict[str, Path]) -> Iterator[Site]:
    """Give the site of one engine, opened one way."""
    engine, _, by = request.param.partition("-")
    if engine not in folders:
        pytest.skip(f"{engine} is not installed: pip install 'rfa_report[{engine}]'")
    folder = folders[engine]
    if by == "file":
        yield Site(folder, engine, folder.as_uri())
    else:
        with served(folder) as base:
            yield Site(folder, engine, base)
