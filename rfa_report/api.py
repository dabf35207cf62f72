"""The Python API: a model and resolutions -> ModelReport."""

from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import replace
from typing import TYPE_CHECKING, Any, Literal

from rfa_report import analysis, sources
from rfa_report.core.errors import ConfigError, ModelError, ResolutionError
from rfa_report.core.inputs import Input, axes_of
from rfa_report.core.recording import Recording
from rfa_report.core.report import ModelReport, ResolutionReport, Size, parse_size, size_label
from rfa_report.core.subject import Design, Subject
from rfa_report.rules import BOOK, Book

if TYPE_CHECKING:
    from torch import nn


def analyze(
    model: "str | nn.Module | Callable[[], nn.Module]",
    resolutions: int | str | Size | Iterable[int | str | Size] | None = None,
    *,
    channels: int | None = None,
    images: int | None = None,
    inputs: "sources.Inputs | None" = None,
    size_argument: str | Literal[False] | None = None,
    rules: Book | None = None,
    **constructor_kwargs: object,
) -> ModelReport:
    """Analyse a model at input resolutions, without weights and without data.

    `model` is a spec (`"nets.py:make_net"`, `"package.module:make_net"`), a module, or a factory without arguments;
    `constructor_kwargs` go to the constructor that a spec names. A resolution is 224, `"224x320"` or `(224, 320)`, in
    pixels; without any, the one that the model was made for counts. A video model takes `"16x112x112"`, or 112 for
    its usual number of frames. The model gets `images` inputs of shape (1, channels, *resolution); left out, both are
    those of its source, else 1 and 3. What takes something else is said by `inputs`: a pattern such as `"1 h w 3"`,
    `"int 1 l"` or `"1 1 h/4 w/4"`, several by position or, in a mapping, by keyword (`"batch.image"` leads into a
    dictionary), or a function from the resolution to what the model is called with. `size_argument` names an argument
    of the constructor that takes the resolution, such as `img_size`: a spec is then built anew for each. Without it, a
    model of a zoo is built anew for those that it refuses, where its constructor takes them; with False or "" none is.
    `rules` are yours for operators that the project does not know.

    A resolution that the model refuses gives a report of the layers before, with the model's message as `refusal`.
    Raises `SpecError` for a spec that names nothing, `ModelError` where the constructor raises or the forward pass
    raises at every resolution, `ResolutionError` for a resolution that is none, `ConfigError` for a pattern that is
    none.
    """
    if inputs and (channels is not None or images is not None):
        raise ConfigError(
            "channels and images are for models of images, and inputs say all that a model takes",
            "leave out --channels and --images, or --input",
        )
    size_argument = "" if size_argument is False else size_argument
    if isinstance(model, str):
        subject = _resolved(model, constructor_kwargs, size_argument, resolutions)
    elif constructor_kwargs or size_argument:
        raise TypeError("constructor arguments go with a spec only; build the model with them and pass the model")
    else:
        subject = sources.given(model)
    made_for = subject.design
    design = replace(made_for, channels=channels or made_for.channels, images=images or made_for.images)
    sizes = _sizes([design.size] if resolutions is None else resolutions, design.size)
    if inputs:
        given = sources.inputs_of(inputs, sizes[0])
        sizes = _along(axes_of(given), sizes)
        design = replace(design, inputs=given, size=sizes[-1])
    report = analysis.report(replace(subject, design=design), sizes, _book(rules))
    return replace(report, size_argument=size_argument)


def _resolved(spec: str, arguments: Mapping[str, object], size_argument: str | None, resolutions: object) -> Subject:
    """Build the model of a spec; with `size_argument`, anew for each resolution, with an empty one for none."""
    if not size_argument:
        subject = sources.resolve(spec, arguments)
        return subject if size_argument is None else replace(subject, anew=None)

    def build(size: Size) -> Subject:
        value = size[0] if len(set(size)) == 1 else list(size)
        return sources.resolve(spec, {**arguments, size_argument: value})

    def run(size: Size, inputs: Sequence[Input]) -> Recording:
        try:
            return build(size).run(size, inputs)
        except ModelError as error:  # a resolution that the constructor refuses is refused like others
            return Recording((), (), (), (), (), refusal=str(error), size=size)

    *sizes, last = [Design().size] if resolutions is None else _sizes(resolutions, ())
    for size in sizes:
        try:
            return replace(build(size), arguments=dict(arguments), run=run)
        except ModelError:  # the constructor refuses this one
            continue
    return replace(build(last), arguments=dict(arguments), run=run)


def examine(spec: str, rules: Book | None = None) -> ResolutionReport:
    """Judge the model of a spec at the input that it was made for, without the search for its feasible range.

    Raises `SpecError` and `ModelError` as `analyze` does, but a model that refuses its input only says so.
    """
    subject = sources.resolve(spec)
    size = subject.design.size
    return analysis.report_at(subject.record(size), size, _book(rules), subject.measure)


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


def _book(rules: Book | None) -> Book:
    return BOOK if rules is None else Book.of(BOOK, rules)


def _along(axes: Sequence[str], sizes: Sequence[Size]) -> list[Size]:
    """Fit resolutions to the axes of the inputs: of a signal, 16000 stands for one axis."""
    fitting = [size[:1] if len(axes) == 1 and len(set(size)) == 1 else size for size in sizes]
    if any(len(size) != len(axes) for size in fitting):
        raise ResolutionError(
            f"the inputs run along {', '.join(axes)}, and {size_label(sizes[0])} does not",
            f"give a resolution such as {('l=16000', '224x320', '16x112x112')[len(axes) - 1]}",
        )
    return fitting


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
