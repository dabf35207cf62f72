"""A review as JUnit XML: one test case a model that differs, which fails; with a policy, one a finding instead."""

import re
from xml.sax.saxutils import escape, quoteattr

from rfa_report.pages.review.checked import FindingText
from rfa_report.pages.review.entry import Entry, Review

_NOT_XML = re.compile("[^\t\n\r\x20-\ud7ff\ue000-\ufffd\U00010000-\U0010ffff]")


def junit(told: Review) -> str:
    """Write a review as a test suite; where nothing fails it has one case, which passes."""
    name = "diff" if told.checked is None else "check"
    failed = [_case(entry) for entry in told.entries]
    skipped = []
    if told.checked is not None:
        failed = [_finding(finding, "failure") for finding in told.checked.findings if finding.fails]
        skipped = [_finding(finding, "skipped") for finding in told.checked.findings if not finding.fails]
    passed = "no difference" if told.checked is None else "the policy lets all pass"
    cases = [*failed, *skipped] or [f'  <testcase classname="rfa-report.{name}" name="{passed}"/>']
    counts = f'tests="{len(cases)}" failures="{len(failed)}" errors="0" skipped="{len(skipped)}"'
    attributes = f'name="rfa-report {name}" {counts}'
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


def _finding(finding: FindingText, outcome: str) -> str:
    told = f"<{outcome} message={_attribute(f'{finding.what} ({finding.why})')}/>"
    name = _attribute(f"{finding.rule}: {finding.model}")
    return f'  <testcase classname="rfa-report.check" name={name}>{told}</testcase>'


def _attribute(text: str) -> str:
    return quoteattr(_clean(text))


def _clean(text: str) -> str:
    """Leave out characters that XML cannot hold."""
    return _NOT_XML.sub("", text)
