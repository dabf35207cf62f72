"""Numbers as a reader wants them: short, with a unit, and the exact value at hand."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from fractions import Fraction
from math import inf

NBSP = "\u00a0"
UNITS = ((10**12, "T"), (10**9, "G"), (10**6, "M"), (10**3, "k"))


@dataclass(frozen=True, slots=True)
class Quantity:
    """A number as short text, as exact text and as a key to sort by."""

    text: str
    exact: str
    sort: float


def quantity(value: int) -> Quantity:
    """Shorten a count to three significant digits: 11689512 -> `11.7 M`."""
    for factor, unit in UNITS:
        if value >= factor * 0.9995:
            short = value / factor
            digits = 2 if short < 9.995 else 1 if short < 99.95 else 0
            text = f"{short:.{digits}f}"
            text = text.rstrip("0").rstrip(".") if "." in text else text
            return Quantity(f"{text}{NBSP}{unit}", f"{value:,}", value)
    return Quantity(str(value), str(value), value)


def percent(part: float, whole: float) -> str:
    """Write a share so that only nothing is `0 %` and only everything is `100 %`; a dash where there is no whole."""
    if not whole:
        return "–"
    share = 100 * part / whole
    if 0 < share < 1:
        return f"<1{NBSP}%"
    if 99 < share < 100:
        return f">99{NBSP}%"
    return f"{share:.0f}{NBSP}%"


def pixels(value: float | Fraction | None) -> str:
    """Write a size in pixels: `∞` for a global one, `?` for an unknown one, a jump below one as `1/2`."""
    if value is None:
        return "?"
    if isinstance(value, Fraction):
        return str(value)
    return "∞" if value == inf else f"{value:g}" if value < 1e6 else f"{value:.0f}"


def per_axis(values: Mapping[str, float | Fraction | None] | None) -> str:
    """Write one value per axis as one word: `435` where all agree, else `435×211`; a dash where there is none."""
    if not values:
        return "–"
    return times(pixels(value) for value in values.values())


def times(parts: Iterable[str]) -> str:
    """Join the parts of a size by `×`, or write it once where all are equal."""
    words = list(parts)
    return words[0] if len(set(words)) == 1 else "×".join(words)


def largest(values: Iterable[float | None]) -> float:
    """Return the largest known value, 0 where there is none: a key to sort by."""
    return max((value for value in values if value is not None), default=0)
