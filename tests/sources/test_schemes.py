"""A new kind of model is one value: everything else reads it from the table of schemes."""

import json
import os
import re
import tomllib
from pathlib import Path

import pytest

from command_line import one_line, run
from rfa_report import sources
from rfa_report.running import cache
from rfa_report.running.tasks import Task

pytestmark = pytest.mark.slow

ROOT = Path(__file__).resolve().parents[2]

ADDED = """
import sys
from rfa_report import sources
from rfa_report.core.errors import SpecError
from rfa_report.core.recording import Call, Recording, Ref, Scope, Value
from rfa_report.core.subject import Design, Subject

STRIDE = 2


def strides(shape):
    return tuple(int(n) for n in reversed([__import__("math").prod(shape[len(shape) - i:]) for i in range(len(shape))]))


def value(shape, origin):
    return Value(shape, strides(shape), origin, "float32")


def run(size, inputs):
    small = (1, 4, *(-(-n // STRIDE) for n in size))
    values = (value((1, 3, *size), "input"), value((4, 3, 3, 3), "parameter"), value(small, "call"))
    how = (Ref(0), Ref(1), None, (STRIDE, STRIDE), (1, 1), (1, 1), False, (0, 0), 1)
    call = Call("aten.convolution.default", how, {}, (0, 1), (2,), 1, False)
    net = Scope("", 0, "Net", False, None, 0, 1, (0,), (2,))
    return Recording(values, (call,), (net, Scope("conv", 0, "Conv", True, 0, 0, 1, (0,), (2,))), (0,), (2,))


def resolve(name, arguments):
    if name == "absent":
        raise SpecError("drawn cannot be imported", "pip install rfa_report[drawn]")
    return Subject(name, f"drawn:{name}", "drawn", arguments, Design((48, 48)), run)


sources.SCHEMES = (
    sources.Scheme("drawn", "drawn:NAME", "drawn:one", resolve, lambda: ["one", "two"]),
    *sources.SCHEMES,
)
"""
"""A scheme without torch, as a file that Python runs when it starts: the workers of a build must know it, too."""


@pytest.fixture
def added(tmp_path: Path) -> dict[str, str]:
    (tmp_path / "start").mkdir()
    (tmp_path / "start" / "sitecustomize.py").write_text(ADDED)
    return {"PYTHONPATH": os.pathsep.join([str(tmp_path / "start"), str(ROOT)])}


def test_show_takes_a_scheme_that_makes_recordings_without_torch(tmp_path: Path, added: dict[str, str]) -> None:
    done = run("show", "drawn:one", "--json", cwd=tmp_path, **added)
    assert done.returncode == 0, done.stderr
    report = json.loads(done.stdout)
    assert (report["spec"], report["family"], report["resolutions"][0]["size"]) == ("drawn:one", "drawn", [48, 48])
    assert list(report["versions"]) == ["rfa_report"], "made by no package"
    (layer,) = (layer for layer in report["resolutions"][0]["layers"] if layer["id"] == "conv#0")
    assert layer["rf_max"] == {"h": 3, "w": 3}
    assert "drawn:NAME" in run("show", "--help", cwd=tmp_path, **added).stdout
    assert run("coverage", "drawn", cwd=tmp_path, **added).stdout.endswith(
        "2 models: 2 analysed, 0 in part, 0 refused\n"
    )
    problem = one_line(run("show", "drawn:absent", cwd=tmp_path, **added))
    assert problem.endswith("pip install rfa_report[drawn]")


def test_build_and_diff_take_it_with_wildcards(tmp_path: Path, added: dict[str, str]) -> None:
    config = tmp_path / "rfa-report.toml"
    config.write_text('models = ["drawn:*"]\nresolutions = [32]\n')
    done = run("build", "--no-site", "--update", cwd=tmp_path, **added)
    assert done.returncode == 0, done.stderr
    assert {path.stem for path in (tmp_path / "reports").glob("*.json")} == {"one", "two"}
    start = tmp_path / "start" / "sitecustomize.py"
    assert run("diff", "reports", "--build", cwd=tmp_path, **added).returncode == 0
    start.write_text(ADDED.replace("STRIDE = 2", "STRIDE = 1"))
    done = run("diff", "reports", "--build", cwd=tmp_path, **added)
    assert done.returncode == 1, done.stderr
    assert "stride  2 → 1" in done.stdout


def test_what_others_determine_is_kept_and_what_nobody_knows_is_not() -> None:
    def key(spec: str) -> str | None:
        return cache.key(Task("net", spec, ((64, 64),), 3, None, None, None, {}, ()))

    for scheme in sources.SCHEMES:
        assert (key(scheme.example) is not None) is scheme.determined
        assert sources.scheme_of(scheme.example) is scheme


def test_what_is_missing_is_an_extra_or_a_dependency() -> None:
    project = tomllib.loads((ROOT / "pyproject.toml").read_text("utf-8"))["project"]
    extras, direct = project["optional-dependencies"], " ".join(project["dependencies"])
    for scheme in sources.SCHEMES:
        extra = re.fullmatch(r"pip install 'rfa_report\[(.+)\]'", scheme.install)
        offered = " ".join(extras[extra[1]]) if extra else direct
        assert all(re.search(rf"\b{package}\b", offered) for package in scheme.packages)


def test_no_room_but_sources_names_the_package_of_a_scheme() -> None:
    """Operators of a package are named by rules, and published numbers by the models that they are of."""
    packages = {package for scheme in sources.SCHEMES for package in scheme.packages}
    naming = re.compile(rf"\b({'|'.join(packages)})\b")
    own = {"sources", "rules"}
    files = [path for path in (ROOT / "rfa_report").rglob("*.py") if path.relative_to(ROOT).parts[1] not in own]
    found = {str(path.relative_to(ROOT)) for path in files if naming.search(path.read_text("utf-8"))}
    assert found == {"rfa_report/pages/zoo/published.py"}
