"""What the proofs found of models: lines of a file, and tables of them."""

import hashlib
import json
import re
from collections import Counter, defaultdict
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, field
from functools import cache
from importlib.metadata import version
from pathlib import Path

from rich.box import SIMPLE_HEAD
from rich.table import Table
from rich.text import Text

import rfa_report
from oracle.compare import Comparison
from oracle.plans import Size

MOST_DIFFERENCES = 20
"""How many of the differences of one model at one size are kept."""


@dataclass(slots=True)
class Result:
    """Hold what a proof found of one model at one size, as one line of the results; the size is None where none fits.

    `incomparable` counts module calls by reason and by name, in which numbers are stars.
    """

    spec: str
    family: str
    versions: dict[str, str]
    proof: str = "reach"
    size: Size | None = None
    tmacs: float = 0.0
    seconds: float = 0.0
    compared: int = 0
    partial: int = 0
    bounds: int = 0
    larger: int = 0
    wrong: int = 0
    differences: list[str] = field(default_factory=list)
    incomparable: dict[str, dict[str, int]] = field(default_factory=dict)
    stopped: str | None = None
    left_out: str | None = None
    crashed: str | None = None

    def take(self, found: Comparison) -> None:
        """Take over what the oracle said."""
        self.compared, self.partial, self.wrong = found.compared, found.partial, len(found.wrong)
        self.bounds, self.larger = found.bounds, found.larger
        self.differences, self.stopped = found.wrong[:MOST_DIFFERENCES], found.stopped
        kinds: defaultdict[str, Counter[str]] = defaultdict(Counter)
        for call, why in found.incomparable.items():
            kinds[why][re.sub(r"\d+", "*", call.partition("#")[0]) or "(the model)"] += 1
        self.incomparable = {why: dict(names) for why, names in kinds.items()}


@cache
def versions() -> dict[str, str]:
    """Say what a result depends on: versions of packages, and a hash of the rooms that compute reaches."""
    package = Path(rfa_report.__file__).parent
    code = hashlib.sha256()
    for room in ("core", "rules", "analysis", "tracing"):
        for path in sorted((package / room).rglob("*.py")):
            code.update(path.read_bytes())
    installed = {name: version(name) for name in ("torch", "torchvision", "timm")}
    return {**installed, "rules": code.hexdigest()[:12]}


def stored(path: Path) -> Iterator[Result]:
    """Yield the results of earlier runs."""
    if path.is_file():
        for line in path.read_text(encoding="utf-8").splitlines():
            yield Result(**json.loads(line))


def report(results: Sequence[Result]) -> Iterator[Table]:
    """Yield what is to be said: families, what is wrong, what was left out, and what cannot be compared."""
    rows: defaultdict[tuple[str, str, str], list[Result]] = defaultdict(list)
    for result in results:
        rows[result.proof, result.spec.partition(":")[0], result.family].append(result)
        rows[result.proof, "total", ""].append(result)
    ordered = sorted(rows.items(), key=lambda row: (row[0][0], row[0][1] == "total", row[0]))
    yield _table(
        "What the analysis says, compared with the oracles",
        (
            "proof",
            "zoo",
            "family",
            "models",
            "sizes",
            "compared",
            "partial",
            "bounds",
            "larger",
            "not comparable",
            "wrong",
        ),
        ((*names, *map(str, _sums(group))) for names, group in ordered),
    )
    size = {id(result): "×".join(map(str, result.size or ())) for result in results}
    failed = [(r, r.crashed or r.differences[0]) for r in results if r.crashed or r.wrong]
    yield _table(
        "Wrong",
        ("proof", "model", "size", "count", "first"),
        ((r.proof, r.spec, size[id(r)], str(r.wrong), t) for r, t in failed),
    )
    left = [(r.proof, r.spec, size[id(r)], r.left_out) for r in results if r.left_out]
    yield _table("Left out", ("proof", "model", "size", "why"), left)
    stopped = [(r.spec, size[id(r)], r.stopped) for r in results if r.stopped and not r.crashed]
    yield _table("Compared up to where the model raised", ("model", "size", "what it raised"), stopped)
    kinds: defaultdict[str, Counter[str]] = defaultdict(Counter)
    for result in results:
        for why, names in result.incomparable.items():
            kinds[why].update({f"{result.family}: {name}": count for name, count in names.items()})
    yield _table(
        "Not comparable",
        ("why", "calls", "most often"),
        ((why, str(sum(n.values())), ", ".join(k for k, _ in n.most_common(6))) for why, n in sorted(kinds.items())),
    )


def _sums(group: Sequence[Result]) -> tuple[int, ...]:
    ran = [result for result in group if not result.left_out]
    incomparable = sum(sum(names.values()) for result in ran for names in result.incomparable.values())
    totals = [sum(sums) for sums in zip(*((r.compared, r.partial, r.bounds, r.larger) for r in ran), strict=True)]
    return (len({r.spec for r in ran}), len(ran), *(totals or [0] * 4), incomparable, sum(r.wrong for r in ran))


def _table(title: str, columns: Sequence[str], rows: Iterable[Sequence[str]]) -> Table:
    table = Table(title=title, title_justify="left", box=SIMPLE_HEAD)
    for name in columns:
        table.add_column(name, overflow="fold", justify="left")
    for row in rows:
        table.add_row(*map(Text, row))
    return table
