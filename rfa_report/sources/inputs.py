"""What a model is called with, as users say it: patterns, or a function of theirs that makes the tensors."""

from collections.abc import Callable, Iterator, Mapping, Sequence
from fractions import Fraction
from typing import Any, TypeAlias

from rfa_report.core.errors import ModelError, SpecError, one_line
from rfa_report.core.inputs import AXES, Extent, Input, Kind, parse_inputs
from rfa_report.core.report import Size
from rfa_report.sources.python import load

Inputs: TypeAlias = "str | Sequence[str] | Mapping[str, str] | Callable[[Size], object]"
"""One pattern, several by position or by name, or a function from a resolution to what a model is called with."""


def inputs_of(given: Inputs, size: Size) -> tuple[Input, ...]:
    """Read inputs. Raises `ConfigError`, `SpecError` for a name that leads to no function, `ModelError` if it raises.

    `size` is one of the resolutions; a function is called there, and with each axis doubled, to see which dimensions
    run along which axis.
    """
    if isinstance(given, str) and ":" in given:
        given = _function(given)
    if callable(given):
        return _seen(given, size)
    if isinstance(given, str):
        given = [given]
    return parse_inputs(given if isinstance(given, Mapping) else {str(i): text for i, text in enumerate(given)})


def _function(spec: str) -> Callable[[Size], object]:
    made = load(spec)
    if not callable(made):
        raise SpecError(f"{spec} is a {type(made).__name__}, not a function", "name a function that takes the size")
    return made


def _seen(make: Callable[[Size], object], size: Size) -> tuple[Input, ...]:
    name = getattr(make, "__name__", type(make).__name__)
    grown = [tuple(2 * n if i == axis else n for i, n in enumerate(size)) for axis in range(len(size))]
    try:
        first, *others = (dict(_tensors(make(at))) for at in (size, *grown))
    except Exception as error:
        raise ModelError(
            f"the inputs function {name} raised {type(error).__name__} at {size}: {one_line(error)}",
            "let it take the resolution as a tuple and return a tensor, a tuple, a dict or (tuple, dict)",
        ) from error
    inputs = []
    for path, tensor in first.items():
        shapes = [tuple(other[path].shape) if path in other else () for other in others]
        if any(len(shape) != len(tensor.shape) for shape in shapes):
            raise ModelError(f"{name} gives {path} another form at {grown[0]}", "let it always give the same tensors")
        extents = tuple(_extent(d, tensor.shape[d], shapes, size, f"{name}: {path}") for d in range(len(tensor.shape)))
        inputs.append(Input(path, extents, _kind(tensor)))
    return tuple(inputs)


def _tensors(made: object) -> Iterator[tuple[str, Any]]:
    """Yield what a model is called with by name: positions as numbers, dots into dictionaries and lists."""
    if isinstance(made, tuple) and len(made) == 2 and isinstance(made[0], (tuple, list)) and isinstance(made[1], dict):
        yield from _leaves("", dict(enumerate(made[0])) | made[1])
    elif isinstance(made, (tuple, list)):
        yield from _leaves("", dict(enumerate(made)))
    else:
        yield from _leaves("", made if isinstance(made, dict) else {0: made})


def _leaves(prefix: str, item: Any) -> Iterator[tuple[str, Any]]:
    if isinstance(item, (tuple, list)):
        item = dict(enumerate(item))
    if isinstance(item, dict):
        for key, part in item.items():
            yield from _leaves(f"{prefix}.{key}" if prefix else str(key), part)
    elif hasattr(item, "shape") and hasattr(item, "dtype"):
        yield prefix, item
    else:
        raise TypeError(f"{prefix} is a {type(item).__name__}, not a tensor")


def _extent(d: int, length: int, grown: Sequence[tuple[int, ...]], size: Size, what: str) -> Extent:
    changed = [axis for axis, shape in enumerate(grown) if shape[d] != length]
    if not changed:
        return Extent(Fraction(length))
    axis = changed[0]
    if len(changed) > 1 or grown[axis][d] != 2 * length:
        raise ModelError(
            f"{what}: dimension {d} is {length} long, and {grown[axis][d]} at twice the resolution",
            "let each dimension grow with one axis, in proportion to it",
        )
    return Extent(Fraction(length, size[axis]), AXES[len(size)][axis])


def _kind(tensor: Any) -> Kind:
    name = str(tensor.dtype)
    return "bool" if "bool" in name else "int" if "int" in name else "float"
