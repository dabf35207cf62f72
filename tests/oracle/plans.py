"""Which models the whole proof takes, and at which sizes: small ones that they accept, the first one odd."""

import re
from collections import defaultdict
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from typing import Any

from oracle.nets import SMALL
from rfa_report.analysis.cost import macs
from rfa_report.core.errors import RfaError
from rfa_report.core.recording import Recording
from rfa_report.sources import timm_zoo, torchvision_zoo
from rfa_report.sources.torch_model import Source
from rfa_report.sources.torchvision_import import torchvision_models
from rfa_report.tracing import build, trace

Size = tuple[int, int]
Arguments = dict[str, Any]

ODD: Sequence[Size] = ((65, 72), (33, 40), (81, 96), (70, 84), (113, 96), (68, 100), (96, 80), (80, 112), (160, 96))
EVEN: Sequence[Size] = (
    (48, 64),
    (32, 48),
    (64, 64),
    (56, 56),
    (28, 28),
    (64, 96),
    (96, 96),
    (112, 112),
    (56, 112),
    (128, 128),
)
LAST: Sequence[Size] = ((192, 192), (224, 224), (256, 256))
"""Sizes (h, w) to try, in this order."""

DETECTION: Sequence[Sequence[Size]] = (((65, 72), (33, 40), (17, 20)), ((64, 96), (32, 48), (16, 24)))
"""For models that bring every image to a size of their own, which it is cheap to reach from a tiny one."""

COMFORT = 0.02
"""TMACs that a model may take at a size before a smaller size is looked for."""

BIG = re.compile(r"large|huge|giant|gigantic|enormous|xl|so\d+m|\d{3,}m|[_x](3[2-9]\d|[4-9]\d\d|1\d{3})(_|$)|\d{2}gf")
"""What names of dear models have in common: families give others first."""


@dataclass(frozen=True, slots=True)
class Plan:
    """Hold one size that a model accepts, the arguments that it takes for that, and what a forward pass costs."""

    size: Size
    arguments: Arguments
    recording: Recording
    tmacs: float


class NoPlanError(Exception):
    """Say why a model is left out."""


def torchvision_specs() -> list[str]:
    """List torchvision's models of images, also those for detection, segmentation and quantisation."""
    models = torchvision_models()
    builders = {name: models.get_model_builder(name).__module__ for name in models.list_models()}
    return [f"torchvision:{n}" for n, module in builders.items() if not re.search(r"\.(video|optical_flow)", module)]


def timm_specs(wanted: int) -> list[str]:
    """List `wanted` of timm's models: of every family as many as of the others, as far as there are that many."""
    torchvision_models()  # timm imports torchvision
    import timm

    families = defaultdict(list)
    for name in sorted(timm.list_models(), key=lambda name: (bool(BIG.search(name)), name)):
        families[timm.models.model_entrypoint(name).__module__].append(name)
    quota = next(q for q in range(1, 1000) if sum(min(len(f), q) for f in families.values()) >= min(wanted, 1000))
    chosen = [_spread(family, quota) for family in families.values()]
    rounds = [family[turn] for turn in range(quota) for family in chosen if turn < len(family)]
    return [f"timm:{name}" for name in rounds[:wanted]]


def _spread(names: list[str], count: int) -> list[str]:
    """Take names from all over a list: mostly from the front part that is not big, where that is long enough."""
    modest = [name for name in names if not BIG.search(name)]
    pool = modest if len(modest) >= count else names[:count]
    count = min(count, len(pool))
    return [pool[i * len(pool) // count] for i in range(count)]


def net_specs() -> list[str]:
    """List our own networks."""
    return [f"nets:{name}" for name in SMALL]


def plans(spec: str, max_tmacs: float) -> Iterator[Plan]:
    """Choose two sizes that a model accepts, the first one odd where it can be. Raises `NoPlanError` if there is none.

    What a model accepts is found out by tracing it. Where every size is dear, the cheapest is taken.
    """
    detection = "detection" in family_of(spec)
    slots = DETECTION if detection else ((*ODD, *EVEN, *LAST), (*EVEN, *LAST))
    chosen: list[Plan] = []
    too_dear: list[float] = []
    for sizes in slots:
        accepted: list[Plan] = []
        for size in sizes:
            plan = None if any(p.size == size for p in chosen) else accepted_at(spec, size, refusing=detection)
            if plan is not None:
                accepted.append(plan)
                if plan.tmacs <= COMFORT or len(accepted) == 2:
                    break
        cheapest = min(accepted, key=lambda plan: plan.tmacs, default=None)
        if cheapest is not None and cheapest.tmacs <= max_tmacs:
            chosen.append(cheapest)
            yield cheapest
        elif cheapest is not None:
            too_dear.append(cheapest.tmacs)
    if not chosen:
        reason = f"{min(too_dear):.1f} TMACs at the cheapest size" if too_dear else "accepts none of the sizes tried"
        raise NoPlanError(reason)


def accepted_at(spec: str, size: Size, *, refusing: bool) -> Plan | None:
    """Trace a model at a size, with each argument that may fit it to that size, until it accepts."""
    for arguments in _arguments(spec, size):
        try:
            recording = trace(build(source(spec, arguments).factory, spec), (1, 3, *size))
        except RfaError:
            continue
        if recording.refusal is None or (refusing and len(recording.scopes) > 20):
            return Plan(size, arguments, recording, _tmacs(recording, size))
    return None


def _arguments(spec: str, size: Size) -> Iterator[Arguments]:
    if re.search(r"rcnn|retinanet|fcos", spec):
        few = {"rpn_pre_nms_top_n_test": 20, "rpn_post_nms_top_n_test": 10} if "rcnn" in spec else {}
        yield {"min_size": 80, "max_size": 160, **few}
        return
    yield {}
    if spec.startswith("timm:"):
        yield {"img_size": size}
    if size[0] == size[1]:
        yield {"image_size": size[0]} if spec.startswith("torchvision:") else {"img_size": size[0]}


def _tmacs(recording: Recording, size: Size) -> float:
    """Estimate what the oracle computes: one forward pass for every row and every column."""
    return sum(macs(recording, call) for call in recording.calls) * sum(size) / 1e12


def source(spec: str, arguments: Arguments) -> Source:
    """Find a model of a zoo without building it."""
    zoo, _, name = spec.partition(":")
    if zoo == "nets":
        return Source(spec, name, zoo, SMALL[name])
    return {"torchvision": torchvision_zoo.find, "timm": timm_zoo.find}[zoo](name, arguments)


def family_of(spec: str) -> str:
    """Name the module of a zoo that defines a model."""
    zoo, _, name = spec.partition(":")
    if zoo == "torchvision":
        return torchvision_models().get_model_builder(name).__module__.removeprefix("torchvision.models.")
    return source(spec, {}).family
