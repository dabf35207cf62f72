"""What pyproject.toml, constraints.txt and the changelog say of the same things."""

import ast
import re
import sys
import tomllib
from importlib.metadata import packages_distributions
from pathlib import Path

ROOT = Path(__file__).resolve().parents[2]
PROJECT = tomllib.loads((ROOT / "pyproject.toml").read_text("utf-8"))
PINNED = re.compile(r"[A-Za-z0-9._-]+==[A-Za-z0-9.]+")


def _constraints() -> dict[str, str]:
    lines = (ROOT / "constraints.txt").read_text("utf-8").splitlines()
    return dict(line.split("==") for line in lines if not line.startswith("#"))


def _normal(name: str) -> str:
    return re.sub(r"[-_.]+", "-", name).lower()


def _named(requirements: list[str]) -> set[str]:
    return {_normal(re.split(r"[^\w.-]", line)[0]) for line in requirements}


def test_constraints_are_plain_pins() -> None:
    lines = (ROOT / "constraints.txt").read_text("utf-8").splitlines()
    assert [line for line in lines if not line.startswith("#") and not PINNED.fullmatch(line)] == []


def test_every_direct_dependency_is_pinned() -> None:
    extras = PROJECT["project"]["optional-dependencies"].values()
    wanted = [*PROJECT["project"]["dependencies"], *(line for extra in extras for line in extra)]
    assert _named(wanted) - {_normal(name) for name in _constraints()} == set()


def test_everything_imported_is_a_dependency() -> None:
    trees = [ast.parse(path.read_text("utf-8")) for path in (ROOT / "rfa_report").rglob("*.py")]
    nodes = [node for tree in trees for node in ast.walk(tree)]
    names = {alias.name for node in nodes if isinstance(node, ast.Import) for alias in node.names}
    names |= {node.module or "" for node in nodes if isinstance(node, ast.ImportFrom)}
    foreign = {name.split(".")[0] for name in names} - sys.stdlib_module_names - {"rfa_report"}
    assert "torch" in foreign
    providers = packages_distributions()
    extras = PROJECT["project"]["optional-dependencies"]
    wanted = [line for name, extra in extras.items() if name != "dev" for line in extra]
    declared = _named([*PROJECT["project"]["dependencies"], *wanted])
    assert [name for name in foreign if not declared & {_normal(found) for found in providers[name]}] == []


def test_torch_and_torchvision_are_a_pair() -> None:
    pins = _constraints()
    assert (pins["torch"], pins["torchvision"]) == ("2.13.0", "0.28.0")


def test_the_changelog_knows_the_version() -> None:
    assert f"## {PROJECT['project']['version']}" in (ROOT / "CHANGELOG.md").read_text("utf-8")
