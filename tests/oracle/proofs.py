"""What is proved of a model, each by an oracle of its own: reaches, sizes, verdicts, and the feasible range."""

import time
import traceback
from collections.abc import Callable, Iterator, Mapping
from math import prod
from pathlib import Path
from typing import cast

import torch

from oracle.compare import Comparison, compare
from oracle.nan import OVERFLOW, concrete
from oracle.nets import SMALL
from oracle.plans import Plan, family_of, plans, source
from oracle.ranges import tried
from oracle.results import Result, versions
from oracle.twin import NoTwinError, compare_sizes
from oracle.verdicts import compare_verdicts
from rfa_report import sources
from rfa_report.core.errors import RfaError, one_line
from rfa_report.core.recording import Recording
from rfa_report.tracing import build, trace

Prove = Callable[[str, float], Iterator[Result]]
"""Check a model, given the TMACs that it may cost."""

WEIGHTS = 3e9
"""Bytes of weights in float32 that one process may hold."""

ELEMENTS = 3e8
"""How many elements the largest tensor of a twin may have."""

LARGEST_TRIED = 512
"""Up to which size all are tried for the feasible range."""


def _reaches(spec: str, max_tmacs: float) -> Iterator[Result]:
    family = family_of(spec)
    return (check_at(spec, family, plan) for plan in plans(spec, max_tmacs))


def crash(error: BaseException) -> str:
    """Say what was raised, and in which function of which file."""
    frames = traceback.extract_tb(error.__traceback__)
    where = f" in {Path(frames[-1].filename).name}:{frames[-1].name}" if frames else ""
    return f"{type(error).__name__}: {one_line(error)}{where}"


def check_at(spec: str, family: str, plan: Plan) -> Result:
    """Compare the reaches of one model with the oracle, in float32, and in float64 where that is not enough.

    With fast kernels first: where something differs, the plain ones have the last word.
    """
    result = Result(spec, family, versions(), "reach", plan.size, round(plan.tmacs, 4))
    result.left_out = _too_large(plan)
    if result.left_out:
        return result
    start = time.monotonic()
    shape = (1, 3, *plan.size)
    chunk = max(1, min(24, round(1e9 / (4 * 12 * _largest(plan)))))
    try:
        for dtype, fast in ((torch.float32, True), (torch.float32, False), (torch.float64, False)):
            model = source(spec, plan.arguments).factory()
            found = compare(plan.recording, concrete(cast(torch.nn.Module, model), dtype), shape, chunk, fast=fast)
            result.take(found)
            if OVERFLOW not in found.incomparable.values() and not found.wrong:
                break
        if found.stopped and "detection" not in family:
            result.crashed = found.stopped
    except Exception as error:
        result.crashed = crash(error)
    result.seconds = round(time.monotonic() - start, 1)
    return result


def _too_large(plan: Plan) -> str | None:
    weights = 4 * sum(prod(value.shape) for value in plan.recording.values if value.origin == "parameter")
    return f"{weights / 1e9:.1f} GB of weights" if weights > WEIGHTS else None


def _largest(plan: Plan) -> int:
    return max(prod(value.shape) for value in plan.recording.values if value.origin == "call")


def _sizes(spec: str, max_tmacs: float) -> Iterator[Result]:
    """Compare with the twin the sizes that a model has at the first size at which it has one."""
    for plan in plans(spec, max_tmacs):
        result = Result(spec, family_of(spec), versions(), "sizes", plan.size, round(plan.tmacs, 4))
        start = time.monotonic()
        result.left_out = _too_large(plan)
        if not result.left_out:
            try:
                result.take(_twin(spec, plan, max_tmacs))
            except NoTwinError as reason:
                result.left_out = str(reason)
        result.seconds = round(time.monotonic() - start, 1)
        yield result
        if not result.left_out:
            return


def _twin(spec: str, plan: Plan, max_tmacs: float) -> Comparison:
    """Compare with fast kernels first: where something differs, the plain ones have the last word."""
    factory = source(spec, plan.arguments).factory
    model = build(factory, spec)
    real = concrete(cast(torch.nn.Module, factory()), torch.float32)
    runs = max_tmacs / max(plan.tmacs, 1e-9)

    def record(size: tuple[int, ...]) -> Recording:
        return trace(model, (1, 3, *size))

    found = compare_sizes(plan.recording, record, real, ELEMENTS, runs, fast=True)
    return compare_sizes(plan.recording, record, real, ELEMENTS, runs) if found.wrong else found


def _verdicts(spec: str, max_tmacs: float) -> Iterator[Result]:
    for plan in plans(spec, max_tmacs):
        result = Result(spec, family_of(spec), versions(), "verdicts", plan.size, round(plan.tmacs, 4))
        start = time.monotonic()
        result.left_out = _too_large(plan)
        if not result.left_out and plan.recording.refusal is None:
            real = concrete(cast(torch.nn.Module, source(spec, plan.arguments).factory()), torch.float32)
            chunk = max(1, min(24, round(1e9 / (4 * 12 * _largest(plan)))))
            for fast in (True, False):
                found = compare_verdicts(plan.recording, real, chunk, fast=fast)
                result.take(found)
                if not found.wrong:
                    break
        result.seconds = round(time.monotonic() - start, 1)
        yield result


def _range(spec: str, max_tmacs: float) -> Iterator[Result]:
    """Compare the feasible range with what all sizes say, one after the other."""
    start = time.monotonic()
    result = Result(spec, family_of(spec), versions(), "range")
    zoo, _, name = spec.partition(":")
    subject = sources.given(SMALL[name]) if zoo == "nets" else sources.resolve(spec, {})
    try:
        found = tried(subject, [(256, 256)], LARGEST_TRIED)
        result.compared, result.partial = len(found.known), len(found.accepted)
        result.differences, result.wrong = found.wrong, len(found.wrong)
    except RfaError as reason:
        result.left_out = one_line(reason)
    result.seconds = round(time.monotonic() - start, 1)
    yield result


PROOFS: Mapping[str, Prove] = {"reach": _reaches, "sizes": _sizes, "verdicts": _verdicts, "range": _range}
