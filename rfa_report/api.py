"""The Python API: a model and resolutions -> ModelReport."""

from collections.abc import Callable, Iterable, Mapping
from importlib.metadata import version
from typing import TYPE_CHECKING, Any

from rfa_report import analysis, sources, tracing
from rfa_report.core.errors import ModelError, ResolutionError
from rfa_report.core.recording import Recording
from rfa_report.core.report import AXES, ModelReport, Size, parse_size, size_label
from rfa_report.core.slug import slugify
from rfa_report.rules import BOOK

if TYPE_CHECKING:
    from torch import nn

PROBES = (224, 256, 299, 384, 512)
"""Resolutions, in pixels, at which a model that refused all others is asked whether it runs at all."""


def analyze(
    model: "str | nn.Module | Callable[[], nn.Module]",
    resolutions: int | str | Size | Iterable[int | str | Size],
    *,
    channels: int = 3,
    **constructor_kwargs: object,
) -> ModelReport:
    """Analyse a model at input resolutions, without weights and without data.

    `model` is a spec (`"torchvision:resnet50"`, `"nets.py:make_net"`, `"package.module:make_net"`), a module, or a
    factory without arguments; `constructor_kwargs` go to the constructor that a spec names. A resolution is 224,
    `"224x320"` or `(224, 320)`, in pixels. The input has shape (1, channels, *resolution).

    A resolution that the model refuses gives a report of the layers before, with the model's message as `refusal`.
    Raises `SpecError` for a spec that names nothing, `ModelError` where the constructor raises or the forward pass
    raises at every resolution, `ResolutionError` for a resolution that is none.
    """
    sizes = _sizes(resolutions)
    if isinstance(model, str):
        source = sources.resolve(model, constructor_kwargs)
        built = tracing.build(source.factory, source.spec)
        return _report(
            built, source.name, source.spec, source.family, constructor_kwargs, source.versions, channels, sizes
        )
    if constructor_kwargs:
        raise TypeError("constructor arguments go with a spec only; build the model with them and pass the model")
    return _report(*_given(model), {}, {}, channels, sizes)


def _given(model: Any) -> "tuple[nn.Module, str, str, str]":
    from torch import nn

    if isinstance(model, nn.Module):
        name = type(model).__name__
        return tracing.on_meta(model), name, f"{type(model).__module__}:{name}", name
    name = getattr(model, "__name__", type(model).__name__)
    built = tracing.build(model, name)
    return built, name, f"{getattr(model, '__module__', '')}:{name}", type(built).__name__


def _sizes(resolutions: Any) -> list[Size]:
    wanted = [resolutions] if isinstance(resolutions, (int, str)) else list(resolutions)
    if not wanted:
        raise ResolutionError("no resolution to analyse at", "give at least one, for example 224")
    sizes = list(dict.fromkeys(parse_size(r) for r in wanted))
    if len({len(size) for size in sizes}) > 1:
        raise ResolutionError("resolutions of different numbers of axes", "analyse images and videos apart")
    return sizes


def _report(
    model: "nn.Module",
    name: str,
    spec: str,
    family: str,
    arguments: Mapping[str, object],
    versions: Mapping[str, str],
    channels: int,
    sizes: list[Size],
) -> ModelReport:
    def record(size: Size) -> Recording:
        return tracing.trace(model, (1, channels, *size))

    recordings = {size: record(size) for size in sizes}
    sample = _sample(recordings, record, name)
    accepted = [size[0] for size, found in recordings.items() if found.refusal is None and len(set(size)) == 1]
    r_min = analysis.least_resolution(
        lambda n: recordings.get((n,) * len(sizes[0])) or record((n,) * len(sizes[0])),
        sample,
        [*accepted, sample.values[sample.inputs[0]].shape[2]],
        BOOK,
        len(sizes[0]),
    )
    return ModelReport(
        slug=slugify(name),
        title=name,
        spec=spec,
        family=family,
        arguments=dict(arguments),
        channels=channels,
        versions={"rfa_report": version("rfa_report"), "torch": version("torch"), **versions},
        axes=AXES[len(sizes[0])],
        resolutions=tuple(analysis.report_at(recordings[size], size, BOOK, r_min) for size in sizes),
    )


def _sample(recordings: Mapping[Size, Recording], record: Callable[[Size], Recording], name: str) -> Recording:
    """Choose a trace that went well, asking at other resolutions where the model refused all. Raises `ModelError`."""
    for found in reversed(list(recordings.values())):
        if found.refusal is None:
            return found
    (size, first), *_ = recordings.items()
    for probe in PROBES:
        found = record((probe,) * len(size))
        if found.refusal is None:
            return found
    tried = ", ".join(size_label(s) for s in (*recordings, *((probe,) for probe in PROBES)))
    raise ModelError(
        f"the forward pass of {name} raised at every resolution tried ({tried}): {first.refusal}",
        "check the model, its input channels and its resolutions",
    )
