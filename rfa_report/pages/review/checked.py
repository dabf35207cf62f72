"""What a policy says of a comparison, as a reviewer reads it."""

from collections.abc import Sequence
from dataclasses import dataclass
from math import inf

from rfa_report.config.check import Waiver
from rfa_report.diffing.policy import Finding
from rfa_report.pages.review.line import follow, of_model
from rfa_report.wording.numbers import NBSP, pixels

LEVELS = ("failed", "expired", "waived")
"""What can be said of a finding: it fails the check, so does one whose waiver has expired; one may be waived."""

MOST = 50
"""How many findings a comment lists."""


@dataclass(frozen=True, slots=True)
class FindingText:
    """One finding: `level` is failed, expired or waived, `what` the change, `why` limit or waiver."""

    level: str
    rule: str
    model: str
    what: str
    why: str

    @property
    def fails(self) -> bool:
        """Tell whether it fails the check."""
        return self.level != "waived"

    @property
    def text(self) -> str:
        """Write the finding as plain text."""
        return f"{self.rule}: {self.model}: {self.what} ({self.why})"


@dataclass(frozen=True, slots=True)
class Checked:
    """What a policy says: a summary, the findings, remarks on waivers, and how a finding may be accepted.

    `acceptance` are the lines for the configuration that `hint` speaks of.
    """

    summary: str
    findings: tuple[FindingText, ...]
    remarks: tuple[str, ...]
    hint: str
    acceptance: tuple[str, ...]

    @property
    def shown(self) -> tuple[FindingText, ...]:
        """List the findings that a comment has room for."""
        return self.findings[:MOST]

    @property
    def more(self) -> int:
        """Count the others."""
        return len(self.findings) - len(self.shown)

    @property
    def fails(self) -> bool:
        """Tell whether the check fails."""
        return any(told.fails for told in self.findings)


def checked(findings: Sequence[Finding], idle: Sequence[Waiver], config: str) -> Checked:
    """Tell findings, those that fail first; `config` names the file that holds the policy."""
    texts = sorted((finding_text(finding) for finding in findings), key=lambda told: LEVELS.index(told.level))
    failing = [finding for finding in findings if not finding.waived]
    waived = len(texts) - len(failing)
    models = len({finding.model for finding in failing})
    counts = f"{_count(len(failing), 'finding')} in {_count(models, 'model')}" if failing else "no finding"
    return Checked(
        summary=("check failed: " if failing else "check passed: ") + counts + (f", {waived} waived" if waived else ""),
        findings=tuple(texts),
        remarks=tuple(f"the waiver of {waiver.rule} for {waiver.models} lets nothing pass any more" for waiver in idle),
        hint=f"To accept the first one, raise its limit in {config}, or let it pass until a day:" if failing else "",
        acceptance=failing[0].acceptance if failing else (),
    )


def finding_text(finding: Finding) -> FindingText:
    """Tell a finding: what changed, at most three times, and what would have been fine."""
    layered = finding.changes[0].layer is not None
    lines = [*follow(finding.changes)] if layered else [of_model(change) for change in finding.changes]
    what = "; ".join(line.text for line in lines[:3]) + (f" and {len(lines) - 3} more" if len(lines) > 3 else "")
    if finding.waiver is None:
        return FindingText("failed", finding.rule, finding.model, what, _limit(finding))
    until = f"until {finding.waiver.expires.isoformat()}: {finding.waiver.reason}"
    if finding.expired:
        return FindingText("expired", finding.rule, finding.model, what, f"{_limit(finding)}; waived {until}")
    return FindingText("waived", finding.rule, finding.model, what, f"waived {until}")


def _limit(finding: Finding) -> str:
    if not finding.unit:
        return "none allowed"
    unit = f"{NBSP}{finding.unit}"
    percent = unit if finding.unit == "%" else ""
    amount = "from nothing" if finding.amount == inf else f"by {finding.amount:.3g}{percent}"
    return f"{amount}, allowed {pixels(finding.limit)}{unit}"


def _count(number: int, what: str) -> str:
    return f"1 {what}" if number == 1 else f"{number} {what}s"
