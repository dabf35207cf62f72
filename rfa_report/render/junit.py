"""A review as JUnit XML: one test case a model that differs, which fails."""

import re
from xml.sax.saxutils import escape, quoteattr

from rfa_report.pages.review import Entry, Review

_NOT_XML = re.compile("[^\t\n\r\x20-\ud7ff\ue000-\ufffd\U00010000-\U0010ffff]")


def junit(told: Review) -> str:
    """Write a review as a test suite; without differences it has one case, which passes."""
    cases = [_case(entry) for entry in told.entries] or [
        '  <testcase classname="rfa-report.diff" name="no difference"/>'
    ]
    failures = len(told.entries)
    attributes = f'name="rfa-report diff" tests="{len(cases)}" failures="{failures}" errors="0" skipped="0"'
    return "\n".join(
        ['<?xml version="1.0" encoding="utf-8"?>', f"<testsuites><testsuite {attributes}>", *cases,
         "</testsuite></testsuites>\n"]
    )  # fmt: skip


def _case(entry: Entry) -> str:
    lines = [line.text for section in entry.sections for line in section.lines]
    more = sum(section.more for section in entry.sections)
    text = escape(_clean("\n".join([*lines, *([f"and {more} more"] if more else [])])))
    told = f"<failure type={_attribute(entry.status)} message={_attribute(entry.headline)}>{text}</failure>"
    return f'  <testcase classname="rfa-report.diff" name={_attribute(entry.name)}>{told}</testcase>'


def _attribute(text: str) -> str:
    return quoteattr(_clean(text))


def _clean(text: str) -> str:
    """Leave out characters that XML cannot hold."""
    return _NOT_XML.sub("", text)
