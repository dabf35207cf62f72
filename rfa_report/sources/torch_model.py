"""The way from a factory of a torch module to a Subject: built on the meta device, recorded by running it there.

torch is loaded when a model is built, not before: the table of schemes is read by programs that need no torch.
"""

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from functools import partial
from typing import Any

from rfa_report.core.report import Size, size_label
from rfa_report.core.subject import Design, Rebuilt, Subject


def made_for_photos(model: object) -> Design:
    """Say nothing in particular of a model: it takes what most do."""
    return Design(guessed=True)


@dataclass(frozen=True, slots=True)
class Source:
    """A torch module before it is built: how to call it, and what its page says of where it comes from.

    `design` says of the built model which input it was made for. `sized` gives the argument by which its constructor
    takes a resolution, by name; it may be one that this constructor does not know.
    """

    spec: str
    name: str
    family: str
    factory: Callable[[], object]
    design: Callable[[Any], Design] = made_for_photos
    sized: Callable[[Size], Mapping[str, object]] | None = None


Find = Callable[[str, Mapping[str, object]], Source]
"""How a scheme of torch modules finds one by its name and the arguments of its constructor."""


def built(find: Find) -> Callable[[str, Mapping[str, object]], Subject]:
    """Make of a way to find torch modules what a scheme wants: a way to find Subjects."""
    return partial(_built, find)


def _built(find: Find, name: str, arguments: Mapping[str, object]) -> Subject:
    from rfa_report import tracing

    source = find(name, arguments)
    model = tracing.build(source.factory, source.spec)
    about = (source.name, source.spec, source.family, arguments, source.design(model.meta))
    anew = None
    if source.sized and arguments.keys().isdisjoint(source.sized(source.design(model.meta).size)):
        anew = partial(_anew, find, name, arguments, source.sized)
    return Subject(*about, partial(tracing.record, model), tracing.Measurements(), anew=anew)


def _anew(
    find: Find, name: str, arguments: Mapping[str, object], sized: Callable[[Size], Mapping[str, object]], size: Size
) -> Rebuilt:
    """Build a model for a resolution. Raises `ModelError` where its constructor refuses that, or the argument."""
    from rfa_report import tracing

    added = sized(size)
    source = find(name, {**arguments, **added})
    said = ", ".join(f"{argument}={size_label(size)}" for argument in added)
    return Rebuilt(said, partial(tracing.record, tracing.build(source.factory, source.spec)))
