"""What loading the package costs, and who imports whom."""

import subprocess
import sys
from pathlib import Path

import pytest

pytestmark = pytest.mark.slow

ROOT = Path(__file__).resolve().parents[2]
HEAVY = ["torch", "torchvision", "jinja2", "typst"]


def _loaded(statement: str) -> set[str]:
    """Give those heavy packages that a fresh interpreter has loaded after `statement`."""
    code = f"import sys\n{statement}\nprint(*(name for name in {HEAVY} if name in sys.modules))"
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=False, cwd=ROOT)
    assert done.returncode == 0, done.stderr
    return set(done.stdout.split())


def test_importing_the_package_loads_nothing_heavy() -> None:
    assert _loaded("import rfa_report") == set()


def test_a_stored_report_is_read_without_torch() -> None:
    assert _loaded("import rfa_report.store") == set()


def test_stored_reports_are_compared_without_torch() -> None:
    assert _loaded("import rfa_report.diffing") == set()
    assert "torch" not in _loaded("import rfa_report.commands.diff")


def test_stored_reports_are_exported_without_torch_and_the_engine_waits_until_it_is_needed() -> None:
    assert _loaded("import rfa_report.commands.export") == {"jinja2"}


def test_pages_are_made_and_published_without_torch() -> None:
    assert _loaded("import rfa_report.pages, rfa_report.render, rfa_report.publish") <= {"jinja2"}


def test_the_command_line_starts_without_torch() -> None:
    assert "torch" not in _loaded("import rfa_report.cli.main")


def test_the_probe_sees_what_is_loaded() -> None:
    assert _loaded("from rfa_report import analyze\nimport torch") >= {"torch"}


@pytest.mark.parametrize("name", ["Layer", "ModelReport", "ResolutionReport", "RfaError", "Verdict", "analyze"])
def test_public_names_are_there(name: str) -> None:
    import rfa_report

    assert name in rfa_report.__all__
    assert getattr(rfa_report, name).__doc__


def test_floors_hold() -> None:
    lint = "from importlinter.cli import lint_imports_command as run; run()"
    done = subprocess.run(
        [sys.executable, "-c", lint, "--no-logo", "--no-cache"],
        capture_output=True,
        text=True,
        check=False,
        cwd=ROOT,
    )
    assert done.returncode == 0, done.stdout + done.stderr
