"""The real command line, in a process of its own."""

import json
import os
import socket
import subprocess
import sys
import time
import urllib.error
import urllib.request
from pathlib import Path

import pytest

from command_line import one_line, run

pytestmark = pytest.mark.slow

NETS = """
from torch import nn

def small(width=4):
    return nn.Sequential(nn.Conv2d(3, width, 3, padding=1), nn.ReLU(), nn.MaxPool2d(2), nn.Conv2d(width, 8, 5))

def broken_constructor():
    raise RuntimeError("no such <thing>\\nat all")

def broken_forward():
    class Net(nn.Module):
        def forward(self, x):
            raise ValueError("forward is broken")
    return Net()

def no_module():
    return 3
"""


@pytest.fixture
def project(tmp_path: Path) -> Path:
    (tmp_path / "nets.py").write_text(NETS)
    return tmp_path


def configure(project: Path, *models: str, extra: str = "") -> None:
    entries = "".join(f'[[models]]\nspec = "{spec}"\n' for spec in models)
    (project / "rfa-report.toml").write_text(f"resolutions = [16, 32]\n{extra}\n{entries}")


def test_show_prints_layers_and_verdicts(project: Path) -> None:
    done = run("show", "nets.py:small", "-r", "16", cwd=project)
    assert done.returncode == 0
    assert "productive depth 2 of 2" in done.stdout
    assert "3#0" in done.stdout


def test_show_takes_constructor_arguments(project: Path) -> None:
    done = run("show", "nets.py:small", "-r", "8x16", "--arg", "width=6", "--json", cwd=project)
    report = json.loads(done.stdout)
    assert report["arguments"] == {"width": 6}
    assert report["resolutions"][0]["layers"][0]["output_shape"] == [1, 6, 8, 16]


def test_show_prints_one_layer_alone(project: Path) -> None:
    asked = ("show", "nets.py:small", "-r", "8", "-r", "16", "--layer", "3", "--layer", "output")
    printed = run(*asked, cwd=project).stdout
    assert "small: 3#0 (Conv2d)" in printed or "small: 3 = 3#0 (Conv2d)" in printed
    assert "2#0" not in printed
    at16 = json.loads(run(*asked, "--json", cwd=project).stdout)["resolutions"][1]
    assert list(at16["layers"]) == ["3", "output"]
    assert at16["layers"]["3"]["rf_max"] == {"h": 12, "w": 12}
    assert at16["layers"]["3"]["inside"] is None
    assert at16["layers"]["output"]["reach"]["h"] == [[0, 1, 3, 5], [10, 12, 14, 15]]
    assert "4" in one_line(run("show", "nets.py:small", "-r", "8", "--layer", "4", cwd=project))


def test_colour_only_in_a_terminal(project: Path) -> None:
    assert "\x1b[" not in run("show", "nets.py:small", "-r", "8", cwd=project).stdout
    assert "\x1b[3" in run("show", "nets.py:small", "-r", "8", cwd=project, FORCE_COLOR="1").stdout


def test_version_and_help(tmp_path: Path) -> None:
    assert run("--version", cwd=tmp_path).stdout.startswith("rfa-report, version ")
    for command in ("build", "show", "serve"):
        text = run(command, "--help", cwd=tmp_path).stdout
        options = [line for line in text.splitlines() if line.strip().startswith("-")]
        assert options
        assert all(len(line.split("  ")) > 1 for line in options), "an option without help"


@pytest.mark.parametrize(
    ("words", "says"),
    [
        (("show", "torchvision:resnet5"), "did you mean resnet50"),
        (("show", "nothing"), "path/to/file.py:factory"),
        (("show", "missing.py:net"), "there is no file missing.py"),
        (("show", "nets.py:smal"), "did you mean small"),
        (("show", "nets.py:no_module"), "it returned int"),
        (("show", "nets.py:broken_constructor"), "no such <thing> at all"),
        (("show", "nets.py:broken_forward"), "forward is broken"),
        (("show", "no_such_package.module:net"), "No module named"),
        (("show", "nets.py:small", "-r", "big"), "'big' is not a resolution"),
        (("show", "nets.py:small", "-r", "0"), "'0' is not a resolution"),
        (("show", "nets.py:small", "--arg", "width"), "is no KEY=VALUE"),
        (("build",), "there is no configuration rfa-report.toml"),
    ],
)
def test_bad_words(project: Path, words: tuple[str, ...], says: str) -> None:
    assert says in one_line(run(*words, cwd=project))


@pytest.mark.parametrize(
    ("text", "says"),
    [
        ("models = [", "is not valid TOML"),
        ("title = 'x'", "models is missing or empty"),
        ("models = []", "models is missing or empty"),
        ("[[model]]\nspec = 'a'", "unknown key model; did you mean models?"),
        (
            "[[models]]\nspec = 'nets.py:small'\nresolution = [3]",
            "unknown key models[0].resolution; did you mean resol",
        ),
        ("resolutions = 32\n[[models]]\nspec = 'nets.py:small'", "32 is not a list; write [32]"),
        ("resolutions = ['a']\n[[models]]\nspec = 'nets.py:small'", "resolutions[0]: 'a' is not a resolution"),
        ("models = ['nets.py:small', 3]", "models[1]: 3 is neither a spec nor a table with one"),
        ("models = ['torchvision:vgg99*']", "no torchvision model matches 'vgg99*'"),
        ("[[models]]\nspec = 'nets.py:small'\n[[models]]\nspec = 'nets.py:small'", "would share the page 'small'"),
        ("[[models]]\nspec = 'torchvision:vgg1?'\nname = 'x'", "models[0].name names 4 models"),
    ],
)
def test_bad_configuration(project: Path, text: str, says: str) -> None:
    (project / "rfa-report.toml").write_text(text)
    assert says in one_line(run("build", cwd=project))
    assert not (project / "rfa-site").exists(), "something was written"


def test_unreadable_configuration(project: Path) -> None:
    (project / "rfa-report.toml").write_bytes(b"\xff\xfe")
    assert "cannot be read" in one_line(run("build", cwd=project))


def test_foreign_output_folder_is_refused(project: Path) -> None:
    configure(project, "nets.py:small")
    (project / "mine").mkdir()
    (project / "mine" / "thesis.tex").write_text("precious")
    assert "was not made by rfa-report" in one_line(run("build", "--out", "mine", cwd=project))
    assert [p.name for p in (project / "mine").iterdir()] == ["thesis.tex"]


def test_output_that_is_a_file_is_refused(project: Path) -> None:
    configure(project, "nets.py:small")
    (project / "mine").write_text("precious")
    assert "cannot be written" in one_line(run("build", "--out", "mine", cwd=project))
    assert (project / "mine").read_text() == "precious"


def test_failing_models_get_a_page_and_cost_nobody_else(project: Path) -> None:
    configure(project, "nets.py:small", "nets.py:broken_forward", "nets.py:broken_constructor")
    done = run("build", cwd=project)
    assert done.returncode == 1
    assert "3 models, 2 failed" in done.stdout
    site = project / "rfa-site" / "site"
    assert "forward is broken" in (site / "models" / "broken_forward.html").read_text()
    assert "no such &lt;thing&gt; at all" in (site / "models" / "broken_constructor.html").read_text()
    assert "Conv2d" in (site / "models" / "small.html").read_text()
    assert "failed" in (site / "index.html").read_text()


def test_pages_of_models_that_left_disappear_and_foreign_files_stay(project: Path) -> None:
    configure(project, "nets.py:small", "torchvision:squeezenet1_1")
    assert run("build", cwd=project).returncode == 0
    out = project / "rfa-site"
    (out / "docs" / "mine.txt").write_text("mine")
    before = {p: p.stat().st_mtime_ns for p in out.glob("docs/models/small.md")}
    configure(project, "nets.py:small")
    assert run("build", cwd=project).returncode == 0
    assert not list(out.rglob("squeezenet1_1*"))
    assert (out / "docs" / "mine.txt").read_text() == "mine"
    assert {p: p.stat().st_mtime_ns for p in before} == before, "an unchanged page was written again"


def test_only_keeps_the_other_reports(project: Path) -> None:
    configure(project, "nets.py:small", "torchvision:squeezenet1_1")
    assert run("build", cwd=project).returncode == 0
    done = run("build", "--only", "sm*", cwd=project)
    assert done.returncode == 0
    assert (project / "rfa-site" / "site" / "models" / "squeezenet1_1.html").is_file()
    assert "no model of rfa-report.toml matches 'x*'" in one_line(run("build", "--only", "x*", cwd=project))


def test_mkdocs_builds_the_staged_folder_by_itself(project: Path) -> None:
    configure(project, "nets.py:small")
    assert run("build", cwd=project).returncode == 0
    done = subprocess.run(
        [
            sys.executable,
            "-m",
            "mkdocs",
            "build",
            "--strict",
            "-q",
            "-f",
            "rfa-site/mkdocs.yml",
            "-d",
            project / "again",
        ],
        cwd=project,
        env={**os.environ, "NO_MKDOCS_2_WARNING": "1"},
        capture_output=True,
        text=True,
        check=False,
    )
    assert done.returncode == 0, done.stderr
    assert (project / "again" / "models" / "small.html").is_file()


def test_own_pages_and_settings_are_respected(project: Path) -> None:
    configure(project, "nets.py:small", extra='[site]\nmkdocs = "own/mkdocs.yml"')
    (project / "own" / "docs").mkdir(parents=True)
    (project / "own" / "docs" / "about.md").write_text("# About us\n\nHello.\n")
    settings = "site_name: ignored\ncopyright: ours\nnav:\n  - About: about.md\n"
    (project / "own" / "mkdocs.yml").write_text(settings)
    assert run("build", cwd=project).returncode == 0
    site = project / "rfa-site" / "site"
    assert "About us" in (site / "about.html").read_text()
    assert "ours" in (site / "index.html").read_text()
    assert (project / "own" / "mkdocs.yml").read_text() == settings


def test_two_builds_agree_byte_by_byte(project: Path, tmp_path_factory: pytest.TempPathFactory) -> None:
    elsewhere = tmp_path_factory.mktemp("elsewhere")
    trees = []
    for folder, seed in ((project, "1"), (elsewhere, "2")):
        (folder / "nets.py").write_text(NETS)
        configure(folder, "nets.py:small", "torchvision:resnet18", "torchvision:swin_t", "torchvision:googlenet")
        assert run("build", "--out", "made", cwd=folder, PYTHONHASHSEED=seed).returncode == 0
        made = folder / "made"
        trees.append({p.relative_to(made).as_posix(): p.read_bytes() for p in made.rglob("*") if p.is_file()})
    first, second = trees
    assert first.keys() == second.keys()
    assert [name for name in first if first[name] != second[name]] == []
    assert {name.rpartition(".")[2] for name in first} >= {"json", "md", "dot", "html"}
    assert not [name for name, data in first.items() if str(project).encode() in data], "a path got into the output"


def test_serve_builds_serves_and_ends(project: Path) -> None:
    configure(project, "nets.py:small")
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        port = probe.getsockname()[1]
    command = [sys.executable, "-m", "rfa_report", "serve", "--address", f"127.0.0.1:{port}"]
    with subprocess.Popen(command, cwd=project, stdout=subprocess.PIPE, text=True) as server:
        assert server.stdout is not None
        assert server.stdout.readline().startswith(f"serving http://127.0.0.1:{port}/")
        page = _fetch(f"http://127.0.0.1:{port}/models/small.html")
        server.terminate()
        assert server.wait(timeout=30) == 143
    assert "Conv2d" in page
    assert "livereload" in page
    with socket.socket() as probe:
        assert probe.connect_ex(("127.0.0.1", port)) != 0, "the server outlived the command"


def _fetch(url: str) -> str:
    for _ in range(100):
        try:
            with urllib.request.urlopen(url) as answer:
                text: str = answer.read().decode()
                return text
        except urllib.error.URLError:
            time.sleep(0.3)
    pytest.fail(f"{url} never answered")
