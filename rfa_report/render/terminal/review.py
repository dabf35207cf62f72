"""A review for the terminal: a sentence on all, then each model in a few lines."""

import io
from collections.abc import Iterator

from rich.console import Console, Group
from rich.padding import Padding
from rich.table import Table
from rich.text import Text

from rfa_report.pages.review.checked import Checked
from rfa_report.pages.review.entry import Entry, Review, Section
from rfa_report.pages.review.line import Line

TONES = {"better": "green", "worse": "red", "": ""}
STATUSES = {"added": "green", "removed": "red", "replaced": "magenta", "renamed": "cyan", "changed": "yellow"}
PLAIN_WIDTH = 160


def terminal_review(told: Review, *, colour: bool) -> str:
    """Write a review as text, with colours where the terminal takes them."""
    out = io.StringIO()
    console = Console(file=out, force_terminal=colour, highlight=False, width=None if colour else PLAIN_WIDTH)
    console.print(Text(told.summary, style="bold"), soft_wrap=True)
    for entry in told.entries:
        console.print(Group(*_entry(entry)))
    if told.checked is not None:
        console.print(Group(*_checked(told.checked)), soft_wrap=True)
    lines = (line.rstrip() for line in out.getvalue().splitlines())
    return "\n".join(lines) + "\n"


def _entry(entry: Entry) -> Iterator[Text | Padding]:
    title = Text(f"\n{entry.name}", style="bold")
    title.append(f"  {entry.status}", style=f"not bold {STATUSES.get(entry.status, '')}")
    if entry.sections:
        title.append(f": {entry.headline}", style="not bold")
    yield title
    for section in entry.sections:
        yield Text(f"  {section.title}", style="bright_black")
        yield Padding(_table(section), (0, 0, 0, 4))
        if section.more:
            yield Text(f"    … and {section.more} more")


def _checked(checked: Checked) -> Iterator[Text]:
    yield Text(f"\n{checked.summary}", style="bold red" if checked.fails else "bold green")
    for told in checked.findings:
        yield Text(f"  {told.level:8} ", style="red" if told.fails else "bright_black").append(
            told.text, style="not bold default"
        )
    for remark in checked.remarks:
        yield Text(f"  {remark}", style="bright_black")
    if checked.acceptance:
        yield Text("\n    ".join([f"\n  {checked.hint}", *checked.acceptance]))


def _table(section: Section) -> Table:
    table = Table(box=None, show_header=False, pad_edge=False, padding=(0, 2, 0, 0))
    about = any(line.subject for line in section.lines)
    for line in section.lines:
        table.add_row(*([Text(line.subject)] if about else []), Text(line.label), _values(line))
    return table


def _values(line: Line) -> Text:
    arrow = " → " if line.old and line.new else ""
    return Text(f"{line.old}{arrow}{line.new}", style=TONES[line.tone])
