"""What pyproject.toml, constraints.txt and the changelog say of the same things."""

import re
import tomllib
from pathlib import Path

ROOT = Path(__file__).resolve().parents[2]
PROJECT = tomllib.loads((ROOT / "pyproject.toml").read_text("utf-8"))
PINNED = re.compile(r"[A-Za-z0-9._-]+==[A-Za-z0-9.]+")


def _constraints() -> dict[str, str]:
    lines = (ROOT / "constraints.txt").read_text("utf-8").splitlines()
    return dict(line.split("==") for line in lines if not line.startswith("#"))


def _normal(name: str) -> str:
    return re.sub(r"[-_.]+", "-", name).lower()


def test_constraints_are_plain_pins() -> None:
    lines = (ROOT / "constraints.txt").read_text("utf-8").splitlines()
    assert [line for line in lines if not line.startswith("#") and not PINNED.fullmatch(line)] == []


def test_every_direct_dependency_is_pinned() -> None:
    extras = PROJECT["project"]["optional-dependencies"].values()
    wanted = [*PROJECT["project"]["dependencies"], *(line for extra in extras for line in extra)]
    names = {_normal(re.match(r"[\w.-]+", line)[0]) for line in wanted}  # type: ignore[index]
    assert names - {_normal(name) for name in _constraints()} == set()


def test_torch_and_torchvision_are_a_pair() -> None:
    pins = _constraints()
    assert (pins["torch"], pins["torchvision"]) == ("2.13.0", "0.28.0")


def test_the_changelog_knows_the_version() -> None:
    assert f"## {PROJECT['project']['version']}" in (ROOT / "CHANGELOG.md").read_text("utf-8")
