"""What can be exported: one list, which the command line reads without loading what writes it."""

import subprocess
import sys

import click

from made_reports import tiny
from rfa_report.cli.paper import export
from rfa_report.publish.formats import FORMATS, exporting


def test_the_command_line_offers_what_there_is() -> None:
    (option,) = [found for found in export.params if found.name == "formats"]
    assert isinstance(option.type, click.Choice)
    assert tuple(option.type.choices) == tuple(FORMATS)


def test_the_list_loads_nothing_that_writes() -> None:
    heavy = ("jinja2", "yaml", "rfa_report.pages", "rfa_report.render", "rfa_report.publish.supplement")
    code = f"import sys\nimport rfa_report.publish.formats\nprint([name for name in {heavy} if name in sys.modules])"
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    assert done.stdout == "[]\n"


def test_a_format_names_files_and_builds_no_site_unless_it_needs_one() -> None:
    whole = exporting([tiny()], "0", (), None)
    first = {name: next(iter(FORMATS[name](whole)))[0] for name in ("latex", "csv", "json", "bibtex", "markdown")}
    assert first == {
        "latex": "tables/summary.tex",
        "csv": "numbers.csv",
        "json": "numbers.json",
        "bibtex": "references.bib",
        "markdown": "badges/tiny-4.svg",
    }
