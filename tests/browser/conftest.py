"""One small zoo at the default zoo's resolutions, built once by each engine.

`RFA_ZOO='torchvision:* timm:maxvit*'` adds models to it.
"""

import json
import os
from collections.abc import Iterator
from importlib.util import find_spec
from pathlib import Path

import pytest
from playwright.sync_api import Browser, sync_playwright

from browsing import FLAGS, Site, served
from command_line import git, run
from rfa_report.sources import expand

ENGINES = ("mkdocs", "zensical")
CONFIG = """
title = 'Nets <b>& "company"'
resolutions = [32, 64, 128, 224, 384]
models = [{models}, {{ spec = "nets.py:clip", resolutions = ["16x112x112"] }}]
[[compare]]
title = "Old & new"
models = ["alexnet", "resnet18", "swin_t"]
[site]
engine = "{engine}"
history = "v*"
"""
MODELS = ["torchvision:alexnet", "torchvision:resnet18", "torchvision:swin_t", "nets.py:edited", "nets.py:broken"]
NETS = """from torch import nn


def edited():
    return nn.Sequential(nn.Conv2d(3, 4, 3, STRIDE, 1), nn.ReLU(), nn.Conv2d(4, 4, 3))


def clip():
    return nn.Sequential(nn.Conv3d(3, 4, 3, 2), nn.ReLU(), nn.Conv3d(4, 4, 3))


def broken():
    raise ValueError('<b>broken</b> {{ on }} purpose')
"""


@pytest.fixture(scope="session")
def browser(chromium: str) -> Iterator[Browser]:
    with sync_playwright() as playwright:
        started = playwright.chromium.launch(executable_path=chromium, args=FLAGS)
        yield started
        started.close()


@pytest.fixture(scope="session")
def folders(tmp_path_factory: pytest.TempPathFactory) -> dict[str, Path]:
    """Build the zoo by every engine that is there, after an edit; its models are analysed once, and then known."""
    home = tmp_path_factory.mktemp("zoo")
    (home / "nets.py").write_text(NETS.replace("STRIDE", "2"))
    (home / "before.toml").write_text('resolutions = [32, 224]\noutput = "before"\nmodels = ["nets.py:edited"]\n')
    assert run("build", "-c", "before.toml", "--no-site", "--update", cwd=home).returncode == 0
    for words in (["init", "-q"], ["add", "reports"], ["commit", "-qm", "before the edit"], ["tag", "v1"]):
        git(home, *words)
    (home / "nets.py").write_text(NETS.replace("STRIDE", "1"))
    more = [spec for wanted in os.environ.get("RFA_ZOO", "").split() for spec in expand(wanted)]
    models = json.dumps(list(dict.fromkeys(MODELS + more)))[1:-1]
    folders = {}
    for engine in ENGINES:
        if find_spec(engine) is None:
            continue
        (home / "rfa-report.toml").write_text(CONFIG.format(models=models, engine=engine))
        done = run("build", "--against", "before", cwd=home)
        assert done.returncode == 1, done.stderr
        folders[engine] = (home / "rfa-site" / "site").rename(home / engine)
    return folders


WAYS = [
    "mkdocs-file",
    "zensical-http",
    pytest.param("mkdocs-http", marks=pytest.mark.zoo),  # what these could show, one of the two above shows as a rule
    pytest.param("zensical-file", marks=pytest.mark.zoo),
]


@pytest.fixture(scope="session", params=WAYS)
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
