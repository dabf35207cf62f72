"""A review as annotations of GitHub Actions: workflow commands, one a model."""

from rfa_report.pages.review.checked import FindingText
from rfa_report.pages.review.entry import Entry, Review

MOST_LINES = 20
"""How many lines an annotation has."""


def annotations(told: Review) -> str:
    """Write an `::error` for each finding that fails; a `::warning` for each model that is worse, else a `::notice`."""
    failing = [finding for finding in told.checked.findings if finding.fails] if told.checked else []
    return "".join(f"{line}\n" for line in (*map(_error, failing), *map(_annotation, told.entries)))


def _error(finding: FindingText) -> str:
    return (
        f"::error title={_property(f'{finding.rule}: {finding.model}')}::{_message(f'{finding.what} ({finding.why})')}"
    )


def _annotation(entry: Entry) -> str:
    lines = [line for section in entry.sections for line in section.lines]
    level = "warning" if any(line.tone == "worse" for line in lines) else "notice"
    words = [entry.headline, *(line.text for line in lines[:MOST_LINES])]
    more = len(lines) - MOST_LINES + sum(section.more for section in entry.sections)
    if more > 0:
        words.append(f"and {more} more")
    return f"::{level} title={_property(f'{entry.name}: {entry.status}')}::{_message(chr(10).join(words))}"


def _message(text: str) -> str:
    """Escape what would end a workflow command."""
    return text.replace("%", "%25").replace("\r", "%0D").replace("\n", "%0A")


def _property(text: str) -> str:
    return _message(text).replace(":", "%3A").replace(",", "%2C")
