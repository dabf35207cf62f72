"""Which dimension of a tensor runs along which input axis, exactly, through any reshape.

A dimension is a tuple of *factors*, outermost first, whose sizes multiply to the size of the dimension. A factor that
runs along an input axis says so by a *share*. Splitting a 56-row map into 8 windows of 7 rows turns the factor 56
(jump 4) into 8 (jump 28) and 7 (jump 4); folding rows and columns into 3136 tokens makes one dimension of two
factors; and every such step can be undone. Factors of channels carry no share, and a channel factor of size 1 is
left out.
"""

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, replace
from fractions import Fraction
from itertools import pairwise, takewhile
from math import prod
from typing import TypeAlias

Jump: TypeAlias = int | Fraction


@dataclass(frozen=True, slots=True)
class Share:
    """The part of an axis in a factor: `count` of its `total` map positions, `jump` input positions apart.

    `jump` is None where the distance between neighbours is not one number, and below 1 where a map is finer than the
    input.
    """

    axis: int
    count: int
    total: int
    jump: Jump | None

    @property
    def slope(self) -> int | None:
        """The jump where it is a whole number: how fields, which are, grow along a map."""
        return int(self.jump) if self.jump is not None and self.jump.denominator == 1 else None


@dataclass(frozen=True, slots=True)
class Factor:
    """One factor of a dimension; pure along an axis where it has one share of its own size."""

    size: int
    shares: tuple[Share, ...] = ()


Dim: TypeAlias = tuple[Factor, ...]
Layout: TypeAlias = tuple[Dim, ...]


def plain(size: int) -> Dim:
    """Make a dimension that runs along no input axis."""
    return () if size == 1 else (Factor(size),)


def along(axis: int, size: int, jump: Jump | None) -> Dim:
    """Make a dimension that is the whole map of one axis."""
    return (Factor(size, (Share(axis, size, size, jump),)),)


def mixed(size: int, axes: Iterable[int]) -> Dim:
    """Make a dimension that runs along axes in no regular way."""
    axes = tuple(axes)
    return (Factor(size, tuple(Share(a, size, size, None) for a in axes)),) if axes else plain(size)


def with_others(size: int, dim: Dim) -> Dim:
    """Make a dimension of the positions of another one, or a stretch of them, and what runs along no axis.

    Tokens of several axes keep their strides, also beside a class token.
    """
    axes = sorted(axes_of(dim))
    if len(axes) < 2:
        return mixed(size, axes)
    return (Factor(size, tuple(Share(axis, size, size, stride((dim,), axis)) for axis in axes)),)


def axes_of(dim: Dim) -> frozenset[int]:
    """List the input axes that a dimension runs along."""
    return frozenset(share.axis for factor in dim for share in factor.shares)


def pure(dim: Dim) -> Share | None:
    """Return the share of a dimension that is one stretch of one axis and nothing else."""
    if len(dim) == 1 and len(dim[0].shares) == 1 and dim[0].shares[0].count == dim[0].size:
        return dim[0].shares[0]
    return None


def jump(dim: Dim) -> Jump | None:
    """Return the distance between neighbours of a dimension along one axis; None where that is not one number."""
    share = pure(dim)
    return None if share is None else share.jump


def finer(jump: Jump | None, factor: int) -> Jump | None:
    """Divide a jump: each position became `factor` of them."""
    return None if jump is None else Fraction(jump) / factor


def resized(jump: Jump | None, size: int, new: int) -> Jump | None:
    """Follow a jump through resampling from `size` to `new` positions; None where it goes evenly into neither."""
    if jump is None:
        return None
    jump = Fraction(jump) * size / new
    return jump if jump.denominator == 1 or new % size == 0 or size % new == 0 else None


def stride(layout: Layout, axis: int) -> Jump | None:
    """Return the jump along an axis that is cut into windows or folded into tokens; None where it is not one number."""
    shares = [share for dim in layout for factor in dim for share in factor.shares if share.axis == axis]
    jumps = [(share.jump, share.count) for share in shares if share.jump is not None]
    if not jumps or len(jumps) < len(shares) or prod(count for _, count in jumps) < shares[0].total:
        return None
    jumps.sort()
    nested = all(inner * count == outer for (inner, count), (outer, _) in pairwise(jumps))
    return jumps[0][0] if nested else None


def spatial(dim: Dim) -> bool:
    """Decide whether a dimension runs along some input axis."""
    return any(factor.shares for factor in dim)


def dim_of(layout: Layout, axis: int) -> int | None:
    """Find the one dimension that runs along `axis` and along nothing else; None where there is no such."""
    place = None
    for d, dim in enumerate(layout):
        for factor in dim:
            if any(share.axis == axis for share in factor.shares):
                if place is not None or pure(dim) is None:
                    return None
                place = d
    return place


def covers(dims: Iterable[Dim], axis: int) -> bool:
    """Decide whether the dimensions together hold every map position of `axis`: contracting them is global."""
    shares = [s for dim in dims for factor in dim for s in factor.shares if s.axis == axis]
    return bool(shares) and prod(s.count for s in shares) >= max(s.total for s in shares)


def sliced(dim: Dim, start: int, size: int, step: int) -> Dim:
    """Take every `step`-th position from `start`, `size` in all."""
    full = prod(f.size for f in dim)
    if start == 0 and step == 1 and size == full:
        return dim
    share = pure(dim)
    if share is None:
        behind = start > 0 and step == 1 and start + size == full  # as what follows a class token
        return with_others(size, dim) if behind else mixed(size, sorted(axes_of(dim)))
    kept = max(size, round(share.total * size / share.count))
    jump = None if share.jump is None else share.jump * step
    return (Factor(size, (Share(share.axis, size, kept, jump),)),)


def regroup(layout: Layout, shape: tuple[int, ...]) -> Layout:
    """Follow a reshape (row-major, as torch's `view`): hand the factors out anew, split and merged where needed."""
    pending = [factor for dim in layout for factor in dim]
    pending.reverse()
    dims: list[Dim] = []
    for position, size in enumerate(shape):
        taken: list[Factor] = []
        wanted = size
        if size == 1:
            spare = _units(f.size for f in reversed(pending)) - _units(shape[position:])
            taken = [pending.pop() for _ in range(spare + 1)]
        while pending and size > 1:
            factor = pending[-1]
            if factor.size == 1:
                if wanted == 1 and 1 in shape[position + 1 :]:
                    break
                taken.append(pending.pop())
            elif wanted == 1:
                break
            elif wanted % factor.size == 0:
                taken.append(pending.pop())
                wanted //= factor.size
            elif factor.size % wanted == 0 and (parts := _split(factor, wanted)):
                pending[-1] = parts[1]
                taken.append(parts[0])
                wanted = 1
            else:
                return _piecewise(layout, shape)
        dims.append(_merged(taken))
    if pending and dims:
        dims[-1] = _merged([*dims[-1], *reversed(pending)])
    return tuple(dims)


def _units(sizes: Iterable[int]) -> int:
    """Count the leading ones: maps of one position keep to dimensions of one, the last of them where there are more."""
    return sum(1 for _ in takewhile(lambda size: size == 1, sizes))


def _split(factor: Factor, outer: int) -> tuple[Factor, Factor] | None:
    """Split a factor into an outer and an inner one; None where an irregular factor cannot be split."""
    inner = factor.size // outer
    if not factor.shares:
        return Factor(outer), Factor(inner)
    if len(factor.shares) > 1 or factor.shares[0].count != factor.size:
        return None
    share = factor.shares[0]
    jump = None if share.jump is None else share.jump * inner
    return (
        Factor(outer, (replace(share, count=outer, jump=jump),)),
        Factor(inner, (replace(share, count=inner),)),
    )


def _merged(factors: list[Factor]) -> Dim:
    """Join neighbouring factors that are stretches of the same axis, and drop channel factors of size 1."""
    result: list[Factor] = []
    for factor in factors:
        if factor.size == 1 and not factor.shares:
            continue
        if result and (joined := _joined(result[-1], factor)):
            result[-1] = joined
        else:
            result.append(factor)
    return tuple(result)


def _joined(outer: Factor, inner: Factor) -> Factor | None:
    if not outer.shares and not inner.shares:
        return Factor(outer.size * inner.size)
    if len(outer.shares) != 1 or len(inner.shares) != 1:
        return None
    a, b = outer.shares[0], inner.shares[0]
    regular = a.jump is not None and b.jump is not None and a.jump == b.jump * inner.size
    if a.axis != b.axis or a.total != b.total or not regular:
        return None
    return Factor(outer.size * inner.size, (Share(a.axis, a.count * b.count, a.total, b.jump),))


def stretches(old: Sequence[int], new: Sequence[int]) -> Iterator[tuple[slice, slice]]:
    """Cut a reshape from `old` to `new` into the shortest stretches of dimensions that hold the same elements."""
    i = j = 0
    while i < len(old) or j < len(new):
        first_i, first_j = i, j
        i, j = min(i + 1, len(old)), min(j + 1, len(new))
        while (have := prod(old[first_i:i])) != (want := prod(new[first_j:j])):
            i, j = (i + 1, j) if have < want else (i, j + 1)
        yield slice(first_i, i), slice(first_j, j)


def _piecewise(layout: Layout, shape: tuple[int, ...]) -> Layout:
    """Follow a reshape that not all factors allow, stretch by stretch."""
    old = [prod(factor.size for factor in dim) for dim in layout]
    pairs = list(stretches(old, shape))
    if len(pairs) == 1:
        return _shapeless(layout, shape)
    return tuple(dim for before, after in pairs for dim in regroup(layout[before], shape[after]))


def _shapeless(layout: Layout, shape: tuple[int, ...]) -> Layout:
    """Give up on factors: every dimension longer than 1 may run along every axis that the tensor had."""
    axes = sorted(frozenset().union(*(axes_of(dim) for dim in layout)))
    return tuple(plain(size) if size == 1 else mixed(size, axes) for size in shape)
