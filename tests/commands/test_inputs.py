"""What a model takes instead of images, through show, build, check, diff and export, and from both sides."""

import json
from pathlib import Path

import pytest

from command_line import one_line, run

pytestmark = pytest.mark.slow

NETS = """
import torch
from torch import nn


class Guided(nn.Module):
    def __init__(self):
        super().__init__()
        self.image, self.quarter = nn.Conv2d(3, 4, 4, 4), nn.Conv2d(1, 4, 3, 1, 1)

    def forward(self, batch, t):
        return self.image(batch["image"]) + self.quarter(batch["quarter"]) * t


class Tokens(nn.Module):
    def __init__(self):
        super().__init__()
        self.table, self.conv = nn.Embedding(50, 8), nn.Conv1d(8, 8, 3, 1, 1)

    def forward(self, ids):
        return self.conv(self.table(ids).mT)


def inputs(size):
    quarter = torch.zeros(1, 1, *(n // 4 for n in size))
    return {"batch": {"image": torch.zeros(1, 3, *size), "quarter": quarter}, "t": torch.zeros(1, dtype=torch.int64)}
"""
CONFIG = """
[[models]]
spec = "nets.py:Guided"
inputs = { "batch.image" = "1 3 h w", "batch.quarter" = "1 1 h/4 w/4", t = "int 1" }
resolutions = [32, 64]
[[models]]
spec = "nets.py:Guided"
name = "By function"
inputs = "nets.py:inputs"
resolutions = [32, 64]
[[models]]
spec = "nets.py:Tokens"
inputs = ["int 1 l"]
resolutions = ["l=20"]
"""
BY_WORDS = ("batch.image=1 3 h w", "batch.quarter=1 1 h/4 w/4", "t=int 1")


def test_patterns_and_a_function_say_the_same(tmp_path: Path) -> None:
    (tmp_path / "nets.py").write_text(NETS)
    options = [word for text in BY_WORDS for word in ("--input", text)]
    shown = [
        run("show", "nets.py:Guided", "-r", "32", *words, "--json", cwd=tmp_path)
        for words in (options, ["--input", "nets.py:inputs"])
    ]
    first, second = (json.loads(done.stdout) for done in shown)
    assert first == second
    assert first["inputs"] == {"batch.image": "1 3 h w", "batch.quarter": "1 1 h/4 w/4", "t": "int 1"}


def test_such_models_are_built_checked_compared_and_exported(tmp_path: Path) -> None:
    (tmp_path / "nets.py").write_text(NETS)
    (tmp_path / "rfa-report.toml").write_text(CONFIG)
    built = run("build", "--no-site", "--update", cwd=tmp_path)
    assert built.returncode == 0, built.stderr
    page = next((tmp_path / "rfa-site").rglob("guided.md")).read_text()
    assert "<code>batch.quarter = 1 1 h/4 w/4</code>" in page
    assert run("check", "--frozen", cwd=tmp_path).returncode == 0
    (tmp_path / "rfa-report.toml").write_text(CONFIG.replace("h/4 w/4", "h/8 w/8").replace("int 1 l", "int 2 l"))
    differs = run("diff", "reports", "--build", cwd=tmp_path)
    assert differs.returncode == 1, differs.stderr
    assert "0 = int 1 l → 0 = int 2 l" in " ".join(differs.stdout.split())
    words = ("--input", "int 1 l", "-r", "l=20", "--to", "out", "--format", "csv")
    done = run("export", "nets.py:Tokens", *words, cwd=tmp_path)
    assert done.returncode == 0, done.stderr
    refused = one_line(run("export", "reports", *words, cwd=tmp_path))
    assert "--input" in refused


@pytest.mark.parametrize("option", ["--channels", "--images"])
def test_channels_and_images_do_not_go_with_inputs(tmp_path: Path, option: str) -> None:
    (tmp_path / "nets.py").write_text(NETS)
    words = ("nets.py:Tokens", "--input", "int 1 l", "-r", "l=20", option, "2")
    assert "leave out" in one_line(run("show", *words, cwd=tmp_path))
    key = option[2:]
    (tmp_path / "rfa-report.toml").write_text(
        f'[[models]]\nspec = "nets.py:Tokens"\ninputs = "int 1 l"\n{key} = 2\nresolutions = ["l=20"]\n'
    )
    assert "inputs" in one_line(run("build", cwd=tmp_path))


def test_a_pattern_that_is_none_is_one_line(tmp_path: Path) -> None:
    (tmp_path / "nets.py").write_text(NETS)
    assert "'1 3 h w'" in one_line(run("show", "nets.py:Tokens", "--input", "1 q", cwd=tmp_path))
    (tmp_path / "rfa-report.toml").write_text('[[models]]\nspec = "nets.py:Tokens"\ninputs = 3\n')
    assert "inputs" in one_line(run("build", cwd=tmp_path))
