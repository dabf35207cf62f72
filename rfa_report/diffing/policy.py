"""The policy that fails a review: which changes, and how much of each, are findings."""

from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from fnmatch import fnmatchcase
from math import inf
from typing import TypeAlias

from rfa_report.config.check import Check, Waiver
from rfa_report.diffing.changes import Change, Kind, ModelChanges

Measure: TypeAlias = Callable[[Change], float]
"""Say by how much a change is for the worse; 0 or less where it is not."""


@dataclass(frozen=True, slots=True)
class Rule:
    """A rule: its stable id, the kinds of change that it looks at, and how much of a change there is, in `unit`.

    What exceeds the limit in the configuration is a finding, one for each rule and model.
    """

    id: str
    kinds: frozenset[Kind]
    measure: Measure
    unit: str = ""


@dataclass(frozen=True, slots=True)
class Finding:
    """One finding: which rule a model breaks, with which changes, by how much of what, and what would be fine.

    `waiver` is the one that applies, also where it has expired.
    """

    rule: str
    model: str
    changes: tuple[Change, ...]
    amount: float
    limit: float
    unit: str
    waiver: Waiver | None = None
    expired: bool = False

    @property
    def waived(self) -> bool:
        """Tell whether it is let pass."""
        return self.waiver is not None and not self.expired

    @property
    def acceptance(self) -> tuple[str, ...]:
        """Say how to accept it, as lines for the configuration."""
        about = f'rule = "{self.rule}"', f'models = "{self.model}"'
        return (
            "[[check.waivers]]",
            *about,
            'reason = "why this is fine"',
            "expires = YYYY-MM-DD  # the last day",
        )


def _once(change: Change) -> float:
    return 1


def _number(value: object) -> float | None:
    """Reduce a value to a number: that of the largest axis."""
    if isinstance(value, Mapping):
        return max((float(part) for part in value.values() if part is not None), default=None)
    return float(value) if isinstance(value, (int, float)) else None


def _fallen(change: Change) -> float:
    old, new = _number(change.old), _number(change.new)
    return 0 if old is None or new is None else old - new


def _grown(change: Change) -> float:
    """Say by how many percent a number grew: infinitely many from nothing."""
    old, new = _number(change.old), _number(change.new)
    if old is None or new is None or old == new:
        return 0
    return 100 * (new - old) / old if old else inf


def _shrunk(change: Change) -> float:
    return -_grown(change)


RULES = tuple(
    Rule(name, frozenset(kinds), measure, unit)
    for name, kinds, measure, unit in (
        ("model-removed", {Kind.MODEL_REMOVED}, _once, ""),
        ("model-failed", {Kind.MODEL_FAILED}, _once, ""),
        ("model-replaced", {Kind.MODEL_REPLACED}, _once, ""),
        ("resolution-removed", {Kind.RESOLUTION_REMOVED}, _once, ""),
        ("resolution-refused", {Kind.REFUSED}, _once, ""),
        ("resolution-out-of-range", {Kind.OUT_OF_RANGE}, _once, ""),
        ("productive-depth-dropped", {Kind.PRODUCTIVE_DEPTH}, _fallen, "convolutions"),
        ("border-layer-earlier", {Kind.BORDER_EARLIER}, _once, ""),
        ("layer-not-judged", {Kind.NOT_JUDGED}, _once, "layers"),
        ("rf-shrank", {Kind.R_MAX}, _shrunk, "%"),
        ("waste-grew", {Kind.WASTED_MACS, Kind.WASTED_PARAMS}, _grown, "%"),
        ("macs-grew", {Kind.MACS}, _grown, "%"),
        ("params-grew", {Kind.PARAMS}, _grown, "%"),
    )
)
"""All rules, the gravest first. Their limits, with defaults, are fields of `config.check.Limits`."""


def findings(model: ModelChanges, check: Check, today: date) -> Iterator[Finding]:
    """Find what the policy does not let pass in a model, in the order of the rules; what is waived is marked so."""
    names = {model.name, model.old_name or model.name}
    for rule in RULES:
        limit = check.limit(rule.id, model.name)
        amount, worse = _exceeding(rule, limit, [change for change in model.changes if change.kind in rule.kinds])
        if worse:
            waiver = _waiver(check.waivers, rule.id, names)
            expired = waiver is not None and waiver.expires < today
            yield Finding(rule.id, model.name, worse, amount, limit, rule.unit, waiver, expired)


def idle(check: Check, reported: Iterable[Finding]) -> tuple[Waiver, ...]:
    """List the waivers that no finding needs any more."""
    used = [finding.waiver for finding in reported]
    return tuple(waiver for waiver in check.waivers if waiver not in used)


def _exceeding(rule: Rule, limit: float, changes: Sequence[Change]) -> tuple[float, tuple[Change, ...]]:
    """Choose the changes that exceed a limit, and say by how much the worst does; layers are counted."""
    if layers := {change.layer for change in changes if change.layer is not None}:
        return len(layers), tuple(changes) if len(layers) > limit else ()
    worse = tuple(change for change in changes if rule.measure(change) > limit)
    return max(map(rule.measure, worse), default=0), worse


def _waiver(waivers: Sequence[Waiver], rule: str, names: Iterable[str]) -> Waiver | None:
    """Choose the waiver of a finding that holds longest."""
    fitting = [
        waiver for waiver in waivers if waiver.rule == rule and any(fnmatchcase(name, waiver.models) for name in names)
    ]
    return max(fitting, key=lambda waiver: waiver.expires, default=None)
