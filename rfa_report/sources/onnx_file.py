"""`net.onnx` and `onnx:PATH`: graphs without code. An extra: `pip install 'rfa_report[onnx]'`; torch is not needed.

onnx is loaded when a file is read, not before.
"""

from collections.abc import Mapping
from fractions import Fraction
from pathlib import Path
from typing import TYPE_CHECKING

from rfa_report.core.errors import ModelError, SpecError, one_line
from rfa_report.core.inputs import AXES, Extent, Input, Kind
from rfa_report.core.subject import Design, Subject
from rfa_report.sources.scheme import Scheme

if TYPE_CHECKING:
    from rfa_report.sources.onnx.file import Given

INSTALL = "pip install 'rfa_report[onnx]'"

MOST_CHANNELS = 4
"""How long the last dimension of an image is at most that has its channels last."""

USUAL = 224
"""Pixels along an axis for which the file fixes no length."""


def resolve(name: str, arguments: Mapping[str, object]) -> Subject:
    """Read a graph. Raises `SpecError` for a name that leads to no file, `ModelError` for a file that is broken."""
    try:
        from rfa_report.sources.onnx.file import read
        from rfa_report.sources.onnx.measuring import Measurements
        from rfa_report.sources.onnx.run import runner
        from rfa_report.sources.onnx.tape import BROKEN
    except ImportError as error:
        raise SpecError(f"onnx cannot be imported: {one_line(error)}", INSTALL) from error
    if arguments:
        raise SpecError(f"{name} is a file, and takes no arguments", "leave them out")
    path = Path(name)
    try:
        file = read(path)
        run, design = runner(file), _design(file.graph.inputs)
    except BROKEN as error:
        raise ModelError(f"{path} is a broken ONNX file: {one_line(error)}", "export it again") from error
    spec = name if name.endswith(SCHEME.suffixes) else f"{SCHEME.prefix}:{name}"
    measure = Measurements({node.outputs[0]: node for node in file.graph.nodes if node.outputs}, file.opsets)
    return Subject(path.stem, spec, path.stem, {}, design, run, measure)


def _design(inputs: "tuple[Given, ...]") -> Design:
    """Read off the inputs what a graph was made for: lengths that it leaves open follow the resolution."""
    images = [i for i, given in enumerate(inputs) if _is_map(given)]
    if len(inputs) == 1 and images:
        dims = inputs[0].dims
        size = tuple(n if isinstance(n, int) else USUAL for n in dims[2:])
        if not _channels_last(inputs[0]) and dims[0] in (1, *_names(dims[:1])):
            channels = dims[1] if isinstance(dims[1], int) else 3
            return Design(size, channels, guessed=any(not isinstance(n, int) for n in dims[2:]))
    given = tuple(_input(one) for one in inputs)
    one = next((g for g in inputs if _is_map(g)), inputs[0] if inputs else None)
    own = (
        ()
        if one is None
        else one.dims[1:-1]
        if _channels_last(one)
        else one.dims[2:]
        if _is_map(one)
        else one.dims[-1:]
    )
    size = tuple(n if isinstance(n, int) else USUAL for n in own) or (USUAL, USUAL)
    return Design(size, inputs=given, guessed=any(not isinstance(n, int) for n in own))


def _names(dims: tuple[int | str, ...]) -> list[str]:
    return [n for n in dims if isinstance(n, str)]


def _is_map(given: "Given") -> bool:
    """Decide whether an input has dimensions that run along axes: (batch, channels, ...), or channels last."""
    return 3 <= len(given.dims) <= 5 and ("float" in given.dtype or given.dtype == "uint8")


def _channels_last(given: "Given") -> bool:
    first, last = given.dims[1], given.dims[-1]
    few = isinstance(last, int) and last <= MOST_CHANNELS
    return few and len(given.dims) > 3 and not (isinstance(first, int) and first <= MOST_CHANNELS)


def _along(given: "Given") -> list[int]:
    """List the dimensions that run along axes: those of a map, of another input the last if its file leaves it open."""
    rank = len(given.dims)
    if _is_map(given):
        first = 1 if _channels_last(given) else 2
        return list(range(first, first + rank - 2))
    return [rank - 1] if rank > 1 and not isinstance(given.dims[-1], int) else []


def _input(given: "Given") -> Input:
    """Say along which axes an input runs."""
    kind: Kind = "float" if "float" in given.dtype else "bool" if given.dtype == "bool" else "int"
    dims = _along(given)
    along = dict(zip(dims, AXES[len(dims)], strict=True)) if dims else {}
    extents = (
        Extent(Fraction(1), along[d]) if d in along else Extent(Fraction(n if isinstance(n, int) else 1))
        for d, n in enumerate(given.dims)
    )
    return Input(given.name, tuple(extents), kind)


SCHEME = Scheme(
    "onnx",
    "onnx:PATH or PATH.onnx",
    "net.onnx",
    resolve,
    suffixes=(".onnx",),
    runs_on=("onnx",),
    install=INSTALL,
)
