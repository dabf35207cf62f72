"""`rfa-report export`: architectures -> what is attached to a paper."""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from importlib.metadata import version
from pathlib import Path
from typing import Any

from rfa_report import store
from rfa_report.core.errors import ModelError, ResolutionError, RfaError, StoreError
from rfa_report.core.report import ModelReport, parse_size
from rfa_report.publish.formats import FORMATS, exporting
from rfa_report.publish.output import Output
from rfa_report.running.progress import progress
from rfa_report.stored.sides import side


@dataclass(frozen=True, slots=True)
class ExportSummary:
    """What an export made: of which architectures, and how many files."""

    models: tuple[str, ...]
    files: int


@dataclass(frozen=True, slots=True)
class ExportRequest:
    """How models are analysed for an export; of what is stored, `resolutions` choose."""

    resolutions: Sequence[str]
    channels: int | None
    images: int | None
    inputs: str | Mapping[str, str] | None
    size_argument: str | None
    rules: Sequence[str]
    arguments: Mapping[str, Any]


def export(
    specs: Sequence[str], request: ExportRequest, to: Path, formats: Sequence[str], fonts: Path | None
) -> ExportSummary:
    """Write some formats of some architectures into a folder, which then holds nothing else that was exported.

    A spec is also a report, a folder of them, a site or a zip file: what is stored is not analysed again.
    """
    chosen = formats or tuple(FORMATS)
    with progress(len(specs) + len(chosen), "exporting") as step:
        reports: list[ModelReport] = []
        for spec in specs:
            step(spec)
            reports += _stored(spec, request) if Path(spec).exists() else _analysed(spec, request)
            step(spec, done=True)
        _check(reports)
        whole = exporting(reports, version("rfa_report"), request.rules, fonts)
        files: list[tuple[str, str | bytes]] = []
        for name in chosen:
            step(name)
            files += FORMATS[name](whole)
            step(name, done=True)
    with Output(to, "--to") as output:
        for path, content in files:
            output.write(path, content)
        output.finish()
    return ExportSummary(tuple(report.title for report in reports), len(files))


def _stored(name: str, request: ExportRequest) -> Iterator[ModelReport]:
    """Read reports, with the resolutions request for only. Raises `ResolutionError` for one that a report lacks."""
    sized = request.size_argument is not None
    if request.channels or request.images or request.inputs or sized or request.arguments:
        raise RfaError(
            f"{name} is stored, and --channels, --images, --input, --size-argument and --arg are for what is analysed",
            "leave them out, or give the model's spec",
        )
    resolutions = request.resolutions
    with side(name) as reports:
        for slug, read in reports.reports.items():
            report = store.loads(read().decode("utf-8", "replace"), f"{slug} of {name}")
            if resolutions and report.error is None:
                sizes = [parse_size(text, len(report.axes)) for text in resolutions]
                by_size = {at.size: at for at in report.resolutions}
                if absent := [text for text, size in zip(resolutions, sizes, strict=True) if size not in by_size]:
                    known = ", ".join(at.label for at in report.resolutions)
                    raise ResolutionError(
                        f"{slug} of {name} was not analysed at {', '.join(absent)} px, but at {known}",
                        "choose of these with -r, or give the model's spec to have it analysed",
                    )
                report = replace(report, resolutions=tuple(by_size[size] for size in dict.fromkeys(sizes)))
            yield report


def _analysed(spec: str, request: ExportRequest) -> Iterator[ModelReport]:
    from rfa_report import api, sources  # and with them torch

    book = api.rule_book(request.rules, "--rules")
    sizes = list(request.resolutions) or None
    for each in sources.expand(spec):
        yield api.analyze(
            each,
            sizes,
            channels=request.channels,
            images=request.images,
            inputs=request.inputs,
            size_argument=request.size_argument,
            rules=book,
            **dict(request.arguments),
        )


def _check(reports: Sequence[ModelReport]) -> None:
    """Refuse reports that would share files, and those that hold no number."""
    seen: dict[str, ModelReport] = {}
    for report in reports:
        if report.error is not None or not any(at.layers for at in report.resolutions):
            reason = report.error or "no layer ran at any resolution"
            raise ModelError(f"{report.title} could not be analysed: {reason}", "leave it out of the export")
        if report.slug in seen:
            raise StoreError(
                f"two reports are called {report.slug}: {seen[report.slug].spec} and {report.spec}",
                "export them into two folders",
            )
        seen[report.slug] = report
