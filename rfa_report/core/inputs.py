"""What a model is called with: patterns such as `1 3 h w`, from which shapes at any resolution follow."""

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from fractions import Fraction
from typing import Any, Literal, TypeAlias, cast

from rfa_report.core.errors import ConfigError

AXES = {1: ("l",), 2: ("h", "w"), 3: ("t", "h", "w")}
"""Names of the input axes by their number."""

EXAMPLE = "write sizes and axes, for example '1 3 h w', '1 h w 3', 'int 1 l' or '1 1 h/4 w/4'"

Kind: TypeAlias = Literal["float", "int", "bool"]

_EXTENT = re.compile(r"(?P<size>[1-9]\d*)|(?P<axis>[thwl])(?:(?P<sign>[*/])(?P<number>[1-9]\d*))?")


@dataclass(frozen=True, slots=True)
class Extent:
    """The length of one dimension: `number`, or that many times the resolution along an axis."""

    number: Fraction
    axis: str | None = None

    def at(self, size: Mapping[str, int]) -> int:
        """Return the length at a resolution, in elements, rounded down."""
        return int(self.number * (size[self.axis] if self.axis else 1))

    def __str__(self) -> str:
        """Write it as users do."""
        if self.axis is None:
            return str(self.number)
        over = f"/{self.number.denominator}" if self.number.denominator > 1 else ""
        return self.axis + (f"*{self.number.numerator}" if self.number.numerator > 1 else "") + over


@dataclass(frozen=True, slots=True)
class Input:
    """One tensor that a model is called with.

    `name` is its keyword or, as a number, its position; dots lead into dictionaries and lists, as in `batch.image`.
    """

    name: str
    extents: tuple[Extent, ...]
    kind: Kind = "float"

    def shape(self, size: Sequence[int]) -> tuple[int, ...]:
        """Return its shape at a resolution."""
        named = dict(zip(AXES[len(size)], size, strict=True))
        return tuple(extent.at(named) for extent in self.extents)

    @property
    def pattern(self) -> str:
        """Write it as users do, without its name."""
        return " ".join([*([] if self.kind == "float" else [self.kind]), *map(str, self.extents)])


def usual(axes: int, channels: int, images: int = 1, batch: int = 1) -> tuple[Input, ...]:
    """Make the inputs of most models: a number of images of shape (batch, channels, *spatial)."""
    sizes = (Extent(Fraction(batch)), Extent(Fraction(channels)))
    spatial = tuple(Extent(Fraction(1), axis) for axis in AXES[axes])
    return tuple(Input(str(i), (*sizes, *spatial)) for i in range(images))


def parse_inputs(patterns: Mapping[str, str]) -> tuple[Input, ...]:
    """Read patterns by name. Raises `ConfigError` for one that is none, or for axes that do not go together."""
    inputs = tuple(_parsed(name, pattern) for name, pattern in patterns.items())
    axes_of(inputs)
    return inputs


def axes_of(inputs: Sequence[Input]) -> tuple[str, ...]:
    """List the axes that inputs run along. Raises `ConfigError` where these are not l, h w, or t h w."""
    named = {extent.axis for given in inputs for extent in given.extents if extent.axis}
    for axes in AXES.values():
        if named == set(axes):
            return axes
    said = " ".join(sorted(named)) or "none"
    raise ConfigError(f"the inputs have these axes together: {said}", "name l, or h and w, or t, h and w")


def _parsed(name: str, pattern: str) -> Input:
    kind, *rest = pattern.split() or [""]
    known = kind in ("float", "int", "bool")
    matches = [_EXTENT.fullmatch(word) for word in (rest if known else [kind, *rest])]
    if not matches or not all(re.fullmatch(r"\w+", part) for part in name.split(".")):
        raise ConfigError(f"input {name}={pattern!r} cannot be read", EXAMPLE)
    extents = []
    for match in matches:
        if match is None:
            raise ConfigError(f"input {name}={pattern!r} cannot be read", EXAMPLE)
        if match["size"]:
            extents.append(Extent(Fraction(int(match["size"]))))
        else:
            number = int(match["number"] or 1)
            extents.append(Extent(Fraction(number) if match["sign"] == "*" else Fraction(1, number), match["axis"]))
    return Input(name, tuple(extents), cast("Kind", kind) if known else "float")


def arranged(named: Mapping[str, Any]) -> tuple[list[Any], dict[str, Any]]:
    """Arrange what stands behind the names of inputs as a call takes it: positional arguments, keyword arguments."""
    root: dict[str, Any] = {}
    for name, item in named.items():
        *folders, last = name.split(".")
        place = root
        for folder in folders:
            place = place.setdefault(folder, {})
        place[last] = item
    positions = sorted((key for key in root if key.isdecimal()), key=int)
    return [_listed(root[key]) for key in positions], {k: _listed(v) for k, v in root.items() if not k.isdecimal()}


def _listed(item: Any) -> Any:
    if not isinstance(item, dict):
        return item
    parts = {key: _listed(part) for key, part in item.items()}
    return [parts[key] for key in sorted(parts, key=int)] if all(key.isdecimal() for key in parts) else parts
