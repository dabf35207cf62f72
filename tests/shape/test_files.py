"""The shape of the source: small files with telling names, docstrings, a README that knows every room."""

import ast
import re
import tomllib
from collections import Counter
from collections.abc import Iterator
from fnmatch import fnmatchcase
from pathlib import Path

ROOT = Path(__file__).resolve().parents[2]
PACKAGE = ROOT / "rfa_report"
MODULES = sorted(PACKAGE.rglob("*.py"))
TESTS = sorted((ROOT / "tests").rglob("*.py"))
MOST_LINES = 350
ONE_SUBJECT = {
    *("changes", "check", "exact", "history", "layers", "operators", "report", "review", "site", "stages"),
    *("inputs", "supplement", "verdicts"),
    *("indexing", "patches", "pointwise", "products", "reductions", "windows"),  # of the rules, and of ONNX
}
"""Names that several rooms have, each for its part of the way from the user and the analysis to the reader."""

MOST_FILES = 15
SAY_NOTHING = {"util", "utils", "helper", "helpers", "common", "misc"}


def _name(path: Path) -> str:
    return path.relative_to(ROOT).as_posix()


def test_there_is_something_to_look_at() -> None:
    assert len(MODULES) > 30


def test_every_file_is_short() -> None:
    lines = {_name(path): len(path.read_text("utf-8").splitlines()) for path in [*MODULES, *TESTS]}
    assert {name: count for name, count in lines.items() if count > MOST_LINES} == {}, "split by what changes together"


def test_no_room_is_crowded() -> None:
    rooms = Counter(_name(path.parent) for path in MODULES if path.name != "__init__.py")
    assert {room: count for room, count in rooms.items() if count > MOST_FILES} == {}, "split by subject"


def test_every_name_says_what_is_inside() -> None:
    parts = {_name(path): set(path.relative_to(ROOT).with_suffix("").parts) for path in [*MODULES, *TESTS]}
    assert [name for name, found in parts.items() if found & SAY_NOTHING] == []


def test_modules_of_one_name_are_about_one_subject() -> None:
    names = Counter(path.stem for path in MODULES if path.stem != "__init__")
    assert {name for name, count in names.items() if count > 1} <= ONE_SUBJECT


def test_everything_public_has_a_docstring() -> None:
    found = {_name(path): [*_undocumented(ast.parse(path.read_text("utf-8")), "module")] for path in MODULES}
    assert {name: missing for name, missing in found.items() if missing} == {}


def test_a_missing_docstring_is_found() -> None:
    source = '"""A module."""\nclass A:\n  """A class."""\n  def f(self): ...\n  def _g(self): ...\ndef h(): ...\n'
    assert [*_undocumented(ast.parse(source), "module")] == ["A.f", "h"]


def _undocumented(node: ast.Module | ast.ClassDef | ast.FunctionDef | ast.AsyncFunctionDef, name: str) -> Iterator[str]:
    """Yield the public definitions without a docstring, not looking into functions."""
    if ast.get_docstring(node) is None:
        yield name
    if isinstance(node, ast.Module | ast.ClassDef):
        prefix = "" if isinstance(node, ast.Module) else f"{name}."
        for child in node.body:
            if isinstance(child, ast.ClassDef | ast.FunctionDef | ast.AsyncFunctionDef):
                public = not child.name.startswith("_")
                yield from _undocumented(child, prefix + child.name) if public else ()


def test_the_tree_in_the_readme_is_the_tree() -> None:
    rooms = {f"{p.name}/" for p in PACKAGE.iterdir() if (p / "__init__.py").exists()}
    files = {p.name for p in PACKAGE.glob("*.py")}
    assert _tree_of_readme() == rooms | files


def _tree_of_readme() -> set[str]:
    """Give the names that README's section "The rooms" shows inside `rfa_report/`."""
    section = (ROOT / "README.md").read_text("utf-8").partition("## The rooms")[2]
    block = section.partition("```\nrfa_report/\n")[2].partition("```")[0]
    return set(re.findall(r"^    (\w+(?:/|\.py))", block, re.MULTILINE))


def test_what_the_makefile_can_do_is_in_the_readme() -> None:
    goals = re.findall(r"^#   make (\w+)", (ROOT / "Makefile").read_text("utf-8"), re.MULTILINE)
    readme = (ROOT / "README.md").read_text("utf-8") + (ROOT / "CONTRIBUTING.md").read_text("utf-8")
    assert goals
    assert [goal for goal in goals if f"make {goal}" not in readme] == []


def test_every_module_has_a_test_file_or_a_line_that_names_one() -> None:
    listed = _tested_by()
    untested = {module for module in _without_tests() if not any(fnmatchcase(module, line) for line in listed)}
    assert untested == set(), "add a test file of the module's name, or a line in tests/shape/tested_by.toml"


def test_every_line_about_tests_elsewhere_is_needed() -> None:
    without = _without_tests()
    assert [line for line in _tested_by() if not any(fnmatchcase(module, line) for module in without)] == []
    assert [name for name in _tested_by().values() if not (ROOT / "tests" / name).exists()] == []


def _tested_by() -> dict[str, str]:
    return tomllib.loads((ROOT / "tests" / "shape" / "tested_by.toml").read_text("utf-8"))


def _without_tests() -> set[str]:
    """Give the modules that have no test file of their name in the folder that mirrors theirs."""
    modules = [path.relative_to(PACKAGE) for path in MODULES if path.name != "__init__.py"]
    return {
        module.as_posix()
        for module in modules
        if not (ROOT / "tests" / module.with_name(f"test_{module.name}")).exists()
    }
