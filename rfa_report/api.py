"""The Python API: a model and resolutions -> ModelReport."""

from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass, replace
from importlib.metadata import version
from typing import TYPE_CHECKING, Any

from rfa_report import analysis, sources, tracing
from rfa_report.core.errors import ConfigError, ModelError, ResolutionError
from rfa_report.core.recording import Recording
from rfa_report.core.report import AXES, ModelReport, ResolutionReport, Size, parse_size, size_label
from rfa_report.core.slug import slugify
from rfa_report.rules import BOOK, Book

if TYPE_CHECKING:
    from torch import nn

PROBES = (224, 256, 299, 384, 512)
"""Resolutions, in pixels, at which a model that refused all others is asked whether it runs at all."""


@dataclass(frozen=True, slots=True)
class _Subject:
    """Hold a model that is ready to be traced, and what its report says of it."""

    model: tracing.Model
    name: str
    spec: str
    family: str
    arguments: Mapping[str, object]
    versions: Mapping[str, str]
    channels: int = 3
    images: int = 1
    size: Size = (224, 224)

    def record(self, size: Size) -> Recording:
        return tracing.trace(self.model, (1, self.channels, *size), self.images)


def analyze(
    model: "str | nn.Module | Callable[[], nn.Module]",
    resolutions: int | str | Size | Iterable[int | str | Size] | None = None,
    *,
    channels: int | None = None,
    images: int | None = None,
    rules: Book | None = None,
    **constructor_kwargs: object,
) -> ModelReport:
    """Analyse a model at input resolutions, without weights and without data.

    `model` is a spec (`"torchvision:resnet50"`, `"nets.py:make_net"`, `"package.module:make_net"`), a module, or a
    factory without arguments; `constructor_kwargs` go to the constructor that a spec names. A resolution is 224,
    `"224x320"` or `(224, 320)`, in pixels; without any, the one that the model was made for counts. A video model
    takes `"16x112x112"`, or 112 for its usual number of frames. The model gets `images` inputs of shape
    (1, channels, *resolution); left out, both are those of its source, else 1 and 3. `rules` are yours for operators
    that the project does not know.

    A resolution that the model refuses gives a report of the layers before, with the model's message as `refusal`.
    Raises `SpecError` for a spec that names nothing, `ModelError` where the constructor raises or the forward pass
    raises at every resolution, `ResolutionError` for a resolution that is none.
    """
    if isinstance(model, str):
        subject, design = _named(model, constructor_kwargs)
    elif constructor_kwargs:
        raise TypeError("constructor arguments go with a spec only; build the model with them and pass the model")
    else:
        subject, design = _given(model), sources.Design()
    channels, images = channels or design.channels, images or design.images
    subject = replace(subject, channels=channels, images=images, size=design.size)
    sizes = _sizes([design.size] if resolutions is None else resolutions, design.size)
    return _report(subject, sizes, BOOK if rules is None else Book.of(BOOK, rules))


def examine(spec: str, rules: Book | None = None) -> ResolutionReport:
    """Judge the model of a spec at the input that it was made for, without the search for its feasible range.

    Raises `SpecError` and `ModelError` as `analyze` does, but a model that refuses its input only says so.
    """
    subject, design = _named(spec, {})
    book = BOOK if rules is None else Book.of(BOOK, rules)
    return analysis.report_at(subject.record(design.size), design.size, book, tracing.Measurements())


def rule_book(specs: Sequence[str], where: str) -> Book | None:
    """Bind the user's own books of rules, each named as in `my_rules.py:book`; None where there is none.

    Raises `ConfigError` for a name that leads to no book, or for an operator that has a rule already.
    """
    books = []
    for spec in specs:
        book = sources.load(spec)
        if not isinstance(book, Book):
            raise ConfigError(
                f"{where}: {spec} is a {type(book).__name__}, not a book of rules",
                "make one: `from rfa_report.rules import Book; book = Book()`",
            )
        books.append(book)
    try:
        Book.of(BOOK, *books)
        return Book.of(*books) if books else None
    except ValueError as error:
        raise ConfigError(f"{where}: {error}", "rename the operator, or drop the rule") from error


def _named(spec: str, arguments: Mapping[str, object]) -> tuple[_Subject, sources.Design]:
    source = sources.resolve(spec, arguments)
    built = tracing.build(source.factory, source.spec)
    design = source.design(built.meta)
    about = (source.name, source.spec, source.family, arguments, source.versions)
    return _Subject(built, *about, design.channels, design.images), design


def _given(model: Any) -> _Subject:
    from torch import nn

    if isinstance(model, nn.Module):
        name = type(model).__name__
        built, spec, family = tracing.on_meta(model), f"{type(model).__module__}:{name}", name
    else:
        name = getattr(model, "__name__", type(model).__name__)
        built = tracing.build(model, name)
        spec, family = f"{getattr(model, '__module__', '')}:{name}", type(built.meta).__name__
    return _Subject(built, name, spec, family, {}, {})


def _sizes(resolutions: Any, design: Size) -> list[Size]:
    """Read resolutions; for a video model one of two axes gets the usual number of frames."""
    wanted = [resolutions] if isinstance(resolutions, (int, str)) else list(resolutions)
    if not wanted:
        raise ResolutionError("no resolution to analyse at", "give at least one, for example 224")
    sizes = list(dict.fromkeys(parse_size(r) for r in wanted))
    if len(design) == 3:
        sizes = [(design[0], *size) if len(size) == 2 else size for size in sizes]
    if len({len(size) for size in sizes}) > 1:
        raise ResolutionError("resolutions of different numbers of axes", "analyse images and videos apart")
    return sizes


def _report(subject: _Subject, sizes: list[Size], book: Book) -> ModelReport:
    recordings = {size: subject.record(size) for size in sizes}
    measure = tracing.Measurements()
    sample = _sample(subject, recordings)
    frames = {size[:-2] for size in sizes}
    r_min = {lead: _least(subject, recordings, sample, lead, book) for lead in frames}
    return ModelReport(
        slug=slugify(subject.name),
        title=subject.name,
        spec=subject.spec,
        family=subject.family,
        arguments=dict(subject.arguments),
        channels=subject.channels,
        images=subject.images,
        versions={"rfa_report": version("rfa_report"), "torch": version("torch"), **subject.versions},
        axes=AXES[len(sizes[0])],
        resolutions=tuple(
            analysis.report_at(recordings[size], size, book, measure, r_min[size[:-2]]) for size in sizes
        ),
    )


def _least(
    subject: _Subject, recordings: Mapping[Size, Recording], sample: Recording, frames: Size, book: Book
) -> Mapping[str, int] | None:
    """Search r_min with the frames of a video kept; not for a model that has to compute with numbers to be traced."""
    if sample.device == "cpu":
        return None
    given = sample.values[sample.inputs[0]].shape[2:]

    def whole(n: int) -> Size:
        return (*frames, *(n,) * min(len(given), 2))

    def record(size: Size) -> Recording:
        return recordings.get(size) or subject.record(size)

    known = {size[-1] for size, found in recordings.items() if found.refusal is None and size == whole(size[-1])}
    return analysis.least_resolution(record, whole, sample, known | {given[-1]}, book)


def _sample(subject: _Subject, recordings: Mapping[Size, Recording]) -> Recording:
    """Choose a trace that went well, asking at other resolutions where the model refused all. Raises `ModelError`."""
    for found in reversed(list(recordings.values())):
        if found.refusal is None:
            return found
    (size, first), *_ = recordings.items()
    made_for = [subject.size] if len(subject.size) == len(size) else []
    probes = dict.fromkeys([*made_for, *((*size[:-2], *(probe,) * min(len(size), 2)) for probe in PROBES)])
    others = [probe for probe in probes if probe not in recordings]
    for probe in others:
        found = subject.record(probe)
        if found.refusal is None:
            return found
    tried = ", ".join(size_label(size) for size in (*recordings, *others))
    raise ModelError(
        f"the forward pass of {subject.name} raised at every resolution tried ({tried}): {first.refusal}",
        "check the model, its input channels and its resolutions",
    )
