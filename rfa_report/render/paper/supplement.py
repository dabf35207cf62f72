"""The texts of a supplement: what is in it, how it was made, with which versions."""

import re
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass

from rfa_report.core.report import ModelReport
from rfa_report.pages.paper.tables import Paper
from rfa_report.render.paper.templates import render

_BARE_KEY = re.compile(r"[A-Za-z0-9_-]+")


@dataclass(frozen=True, slots=True)
class _Wanted:
    spec: str
    title: str
    resolutions: tuple[int | str, ...]
    channels: int
    images: int
    inputs: tuple[tuple[str, str], ...]
    size_argument: str | None
    arguments: tuple[tuple[str, object], ...]


@dataclass(frozen=True, slots=True)
class _Config:
    title: str
    resolutions: tuple[int | str, ...]
    rules: tuple[str, ...]
    models: tuple[_Wanted, ...]


@dataclass(frozen=True, slots=True)
class _Readme:
    paper: Paper
    rules: tuple[str, ...]


def texts(paper: Paper, reports: Sequence[ModelReport], rules: tuple[str, ...]) -> Iterator[tuple[str, str]]:
    """Write what stands beside the site in a supplement."""
    yield "README.md", render("supplement.md.j2", _Readme(paper, rules))
    yield "rfa-report.toml", configuration(paper.title, reports, rules)
    yield "requirements.txt", lock([report.versions for report in reports])


def configuration(title: str, reports: Sequence[ModelReport], rules: tuple[str, ...]) -> str:
    """Write the configuration that makes these reports."""
    models = tuple(_wanted(report) for report in reports)
    sizes = dict.fromkeys(size for model in models for size in model.resolutions)
    return render("config.toml.j2", _Config(title, tuple(sizes), rules, models))


def lock(versions: Sequence[Mapping[str, str]]) -> str:
    """Write versions as pip takes them; of a package with several, all but the first stand in a comment."""
    pins: dict[str, dict[str, None]] = {}
    for table in versions:
        for name, version in table.items():
            pins.setdefault(name, {})[version] = None
    lines = []
    for name, several in sorted(pins.items()):
        first, *rest = several
        lines.append(f"{name}=={first}" + (f"  # some reports: {', '.join(rest)}" if rest else ""))
    return "\n".join(lines) + "\n"


def _wanted(report: ModelReport) -> _Wanted:
    signal = len(report.axes) == 1
    labels = [f"{report.axes[0]}={at.label}" if signal else at.label for at in report.resolutions]
    sizes = tuple(int(label) if label.isdecimal() else label for label in labels)
    arguments = tuple((name, value) for name, value in report.arguments.items() if _BARE_KEY.fullmatch(name))
    asked = (report.channels, report.images, tuple(report.inputs.items()), report.size_argument, arguments)
    return _Wanted(report.spec, report.title, sizes, *asked)
