"""What is analysed, what is not, and who hears of it."""

import json
from pathlib import Path

import pytest

from command_line import one_line, run

pytestmark = pytest.mark.slow

NETS = """
import torch
from torch import nn

def make(operator):
    class Net(nn.Module):
        def __init__(self):
            super().__init__()
            self.conv = nn.Conv2d(3, 4, 3)
        def forward(self, x):
            return self.conv(operator(x))
    return Net()

def random():
    return make(torch.bernoulli)

def plain():
    return make(torch.relu)

def quantised():
    return torch.ao.nn.quantized.Conv2d(3, 4, 3)

def scripted():
    return torch.jit.script(nn.Conv2d(3, 4, 3))
"""

RULES = """
from rfa_report.rules import Book
book = Book()
book.neutral("aten.bernoulli.default", why="draws each element by itself")
twice = Book()
twice.neutral("aten.convolution", why="is not")
"""


@pytest.fixture
def project(tmp_path: Path) -> Path:
    (tmp_path / "nets.py").write_text(NETS)
    (tmp_path / "my_rules.py").write_text(RULES)
    return tmp_path


def test_a_zoo_is_covered_model_by_model(tmp_path: Path) -> None:
    done = run("coverage", "torchvision:resnet[13]*", "--json", cwd=tmp_path)
    assert done.returncode == 0, done.stderr
    rows = [json.loads(line) for line in done.stdout.splitlines()]
    assert [row["spec"] for row in rows] == ["torchvision:resnet101", "torchvision:resnet152"] + [
        f"torchvision:resnet{n}" for n in (18, 34)
    ]
    assert {(row["status"], row["resolution"]) for row in rows} == {("analysed", "224")}
    table = run("coverage", "torchvision:vgg11", cwd=tmp_path)
    assert "1 models: 1 analysed, 0 in part, 0 refused" in table.stdout


def test_video_flow_and_segmentation_get_their_own_input(tmp_path: Path) -> None:
    done = run("coverage", "torchvision:[rl][3r]*_*[8e]", "--json", cwd=tmp_path)
    inputs = {row["spec"]: row["resolution"] for row in map(json.loads, done.stdout.splitlines())}
    assert inputs == {"torchvision:lraspp_mobilenet_v3_large": "520", "torchvision:r3d_18": "16x112x112"}


@pytest.mark.parametrize("zoo", ["keras", "torchvision:nothing*"])
def test_a_zoo_that_is_none(tmp_path: Path, zoo: str) -> None:
    one_line(run("coverage", zoo, cwd=tmp_path))


def test_strict_turns_a_layer_that_is_not_judged_into_a_failure(project: Path) -> None:
    shown = run("show", "nets.py:random", "-r", "8", cwd=project)
    assert shown.returncode == 0
    assert "not judged because of operators without a rule: aten.bernoulli.default" in shown.stdout
    strict = run("show", "nets.py:random", "-r", "8", "--strict", cwd=project)
    assert strict.returncode == 1
    assert "2 layers cannot be judged, the first is bernoulli#0" in strict.stderr
    assert run("show", "nets.py:plain", "-r", "8", "--strict", cwd=project).returncode == 0


def test_a_rule_of_the_users_own_judges(project: Path) -> None:
    done = run("show", "nets.py:random", "-r", "8", "--strict", "--rules", "my_rules.py:book", "--json", cwd=project)
    assert done.returncode == 0, done.stderr
    (at,) = json.loads(done.stdout)["resolutions"]
    assert at["operators"]["aten.bernoulli.default"] == "neutral on purpose"
    assert at["layers"][-1]["rf_max"] == {"h": 3, "w": 3}


@pytest.mark.parametrize(
    ("rules", "says"),
    [
        ("my_rules.py:nothing", "my_rules.py has no"),
        ("nets.py:plain", "is a function, not a book of rules"),
        ("my_rules.py:twice", "operator aten.convolution has a rule already"),
        ("gone.py:book", "there is no file gone.py"),
    ],
)
def test_bad_rules(project: Path, rules: str, says: str) -> None:
    assert says in one_line(run("show", "nets.py:plain", "--rules", rules, cwd=project))


@pytest.mark.parametrize("strict", [False, True])
def test_a_site_says_what_is_not_judged_and_is_strict_where_asked(project: Path, strict: bool) -> None:
    config = f'models = ["nets.py:random", "nets.py:plain"]\nresolutions = [8]\nstrict = {str(strict).lower()}\n'
    (project / "rfa-report.toml").write_text(config)
    done = run("build", cwd=project)
    assert done.returncode == int(strict)
    assert "with layers that cannot be judged: random" in done.stderr
    assert (project / "rfa-site" / "site" / "operators.html").is_file()
    (project / "rfa-report.toml").write_text(config + 'rules = ["my_rules.py:book"]\n')
    ruled = run("build", cwd=project)
    assert ruled.returncode == 0
    assert "cannot be judged" not in ruled.stderr


@pytest.mark.parametrize(
    ("name", "says"),
    [
        ("scripted", "is a scripted module, whose submodules cannot be followed; give the Python model"),
        ("quantised", "is quantised, and packed weights cannot be followed; give the model before its conversion"),
    ],
)
def test_what_cannot_be_followed_gets_a_clear_answer(project: Path, name: str, says: str) -> None:
    assert says in one_line(run("show", f"nets.py:{name}", cwd=project))
