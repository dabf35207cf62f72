"""Recordings of a model at many sizes -> ModelReport."""

import re
from collections.abc import Mapping, Sequence
from importlib.metadata import version

from rfa_report.analysis.layers import forward_pass
from rfa_report.analysis.range import Feasible, feasible_range
from rfa_report.analysis.resolution import largest_field, report_at
from rfa_report.core.errors import ModelError
from rfa_report.core.inputs import AXES
from rfa_report.core.operator import worst_of
from rfa_report.core.recording import Recording
from rfa_report.core.report import ModelReport, Size, size_label
from rfa_report.core.slug import slugify
from rfa_report.core.subject import Subject
from rfa_report.rules import Book

REMEDY = "check the model and its resolutions, or say what it takes: --input '1 3 h w' (in a configuration, inputs)"
REMEDIES = (
    (r"re-?export|was exported", "give the size that it was exported for, or export it with dynamic_shapes"),
    (r"required (positional|keyword)", "name every input, as in --input '1 3 h w' --input mask='1 1 h w'"),
    (
        r"too many indices|string ind|type 'str'",
        "if it takes a dictionary, name what is in it: --input batch.image='1 3 h w'",
    ),
    (r"scalar types: Long|as indices", "if it takes token ids, say so: --input 'int 1 l' -r 128"),
    (r"conv1d|2D \(unb", "for a signal, write -r l=16000, and --input '1 l' where it takes no channels"),
    (r"hannel", "check the channels (--channels 1, --input '1 h w 3') and the axes (-r 16x112x112 for a video)"),
)
"""What a refusal says -> how to say what such a model takes."""

PROBES = (224, 256, 299, 384, 512)
"""Resolutions, in pixels, at which a model that refused all others is asked whether it runs at all."""


def report(subject: Subject, sizes: Sequence[Size], book: Book) -> ModelReport:
    """Analyse a model at resolutions. Raises `ModelError` if its forward pass raises at every one."""
    recordings = {size: subject.record(size) for size in sizes}
    sample = _sample(subject, recordings)
    frames = {size[:-2] for size in sizes}
    feasible = {lead: _feasible(subject, recordings, sample, lead, book) for lead in frames}
    shown = {size: _accepted(subject, size, recording) for size, recording in recordings.items()}
    resolutions = tuple(
        report_at(recording, size, book, subject.measure, feasible[size[:-2]], built_with)
        for size, (recording, built_with) in shown.items()
    )
    judged = worst_of(pair for at in resolutions for pair in at.operators.items())
    return ModelReport(
        slug=slugify(subject.name),
        title=subject.name,
        spec=subject.spec,
        family=subject.family,
        arguments=dict(subject.arguments),
        channels=subject.design.channels,
        images=subject.design.images,
        inputs={given.name: given.pattern for given in subject.design.inputs},
        versions={"rfa_report": version("rfa_report"), **subject.versions},
        axes=AXES[len(sizes[0])],
        resolutions=resolutions,
        r_max_varies=_varies(subject, recordings, sample, book),
        reasons={name: reason for name, how in judged.items() if (reason := book.reason(name, how))},
    )


def _accepted(subject: Subject, size: Size, recording: Recording) -> tuple[Recording, str | None]:
    """Return a trace of the model as it is or, where it refuses a size, built anew for it, and with which argument."""
    if recording.refusal is None or subject.anew is None:
        return recording, None
    try:
        rebuilt = subject.anew(size)
    except ModelError:  # its constructor knows no such argument, or refuses this size too
        return recording, None
    again = rebuilt.run(size, subject.inputs(size))
    return (recording, None) if again.refusal is not None else (again, rebuilt.argument)


def _feasible(
    subject: Subject, recordings: Mapping[Size, Recording], sample: Recording, frames: Size, book: Book
) -> Feasible:
    """Search r_min with the frames of a video kept; not for a model that has to compute with numbers to be traced."""
    if sample.device == "cpu":
        return Feasible()
    given = sample.resolution

    def whole(n: int) -> Size:
        return (*frames, *(n,) * min(len(given), 2))

    def record(size: Size) -> Recording:
        return recordings.get(size) or subject.record(size)

    known = {
        size[-1] for size, recording in recordings.items() if recording.refusal is None and size == whole(size[-1])
    }
    known.add(given[-1])
    made_for = subject.design.size
    if len(made_for) == len(given) and made_for[-1] > max(known) and record(whole(made_for[-1])).refusal is None:
        known.add(made_for[-1])  # what it was made for counts, and not the small sizes that somebody asks about
    return feasible_range(record, whole, sample, known, book)


def _varies(subject: Subject, recordings: Mapping[Size, Recording], sample: Recording, book: Book) -> bool:
    """Tell whether the largest field is another one at twice the size that a model was made for.

    These two sizes do not depend on what was asked. Where nobody knows what it was made for, a trace that went well is
    compared with one of half the size, which costs less. Not told of a model that accepts only one of the two, or that
    has to compute with numbers to be traced.
    """
    if sample.device == "cpu":
        return False
    design, given = subject.design, sample.resolution
    guessed = design.guessed or len(design.size) != len(given)
    small = (*given[:-2], *(max(1, n // 2) for n in given[-2:])) if guessed else design.size
    large = given if guessed else (*small[:-2], *(2 * n for n in small[-2:]))
    largest = []
    for size in (small, large):
        recording = recordings.get(size) or subject.record(size)
        if recording.refusal is not None:
            return False
        largest.append(largest_field(forward_pass(recording, book).layers, AXES[len(size)]))
    return largest[0] != largest[1]


def _sample(subject: Subject, recordings: Mapping[Size, Recording]) -> Recording:
    """Choose a trace that went well, asking at other resolutions where the model refused all. Raises `ModelError`."""
    for recording in reversed(list(recordings.values())):
        if recording.refusal is None:
            return recording
    (size, first), *_ = recordings.items()
    made_for = [subject.design.size] if len(subject.design.size) == len(size) else []
    probes = dict.fromkeys([*made_for, *((*size[:-2], *(probe,) * min(len(size), 2)) for probe in PROBES)])
    others = [probe for probe in probes if probe not in recordings]
    for probe in others:
        recording = subject.record(probe)
        if recording.refusal is None:
            return recording
    tried = ", ".join(size_label(size) for size in (*recordings, *others))
    raise ModelError(
        f"the forward pass of {subject.name} raised at every resolution tried ({tried}): {first.refusal}",
        next((line for sign, line in REMEDIES if re.search(sign, first.refusal or "")), REMEDY),
    )
