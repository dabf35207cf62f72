"""Which layer of the old model is which of the new one: by path, then by structure, whichever explains more."""

from bisect import bisect_left
from collections.abc import Callable, Hashable, Sequence
from dataclasses import dataclass
from difflib import SequenceMatcher
from typing import TypeAlias

from rfa_report.core.layer import Layer
from rfa_report.diffing.structure import bare, differences, signature

Places: TypeAlias = dict[int, int]
"""Index of an old layer -> index of the new layer that it became."""


@dataclass(frozen=True, slots=True)
class Matched:
    """The layers that are in both models, as pairs in the new order, and those that are in one only.

    `moved` are the new ids of those that run earlier or later than before, relative to most others.
    """

    pairs: tuple[tuple[Layer, Layer], ...]
    removed: tuple[Layer, ...]
    added: tuple[Layer, ...]
    moved: frozenset[str]


def match(old: Sequence[Layer], new: Sequence[Layer]) -> Matched:
    """Match two models layer by layer.

    Matching by path suits most edits. Matching by structure suits what shifts or renames paths, such as a block
    inserted into a Sequential. Both are tried where the first leaves something to explain, and the cheaper wins.
    """
    places = _by_path(old, new)
    cost = _cost(places, old, new)
    if cost >= 2:
        others = _by_structure(old, new)
        if _cost(others, old, new) < cost:
            places = others
    steady = _longest_rising(sorted(places.items()))
    pairs = sorted(places.items(), key=lambda place: place[1])
    taken = set(places.values())
    return Matched(
        pairs=tuple((old[i], new[j]) for i, j in pairs),
        removed=tuple(layer for i, layer in enumerate(old) if i not in places),
        added=tuple(layer for j, layer in enumerate(new) if j not in taken),
        moved=frozenset(new[j].id for i, j in pairs if i not in steady),
    )


def _by_path(old: Sequence[Layer], new: Sequence[Layer]) -> Places:
    at = {layer.id: j for j, layer in enumerate(new)}
    places = {i: at[layer.id] for i, layer in enumerate(old) if layer.id in at}
    places |= _aligned(old, new, places, signature)
    return places | _aligned(old, new, places, _coarse)


def _by_structure(old: Sequence[Layer], new: Sequence[Layer]) -> Places:
    places = _aligned(old, new, {}, signature)
    free = {layer.id: j for j, layer in enumerate(new) if j not in set(places.values())}
    places |= {i: free[layer.id] for i, layer in enumerate(old) if i not in places and layer.id in free}
    return places | _aligned(old, new, places, _coarse)


def _coarse(layer: Layer) -> Hashable:
    return bare(layer.kind)


def _aligned(old: Sequence[Layer], new: Sequence[Layer], places: Places, key: Callable[[Layer], Hashable]) -> Places:
    """Match layers that have no place yet: those with equal keys that lie between the same neighbours, in order."""
    taken = set(places.values())
    left = [i for i in range(len(old)) if i not in places]
    right = [j for j in range(len(new)) if j not in taken]
    if not left or not right:
        return {}
    steady = sorted(_longest_rising(sorted(places.items())))
    goals = [places[i] for i in steady]
    a = [(bisect_left(steady, i), key(old[i])) for i in left]
    b = [(bisect_left(goals, j), key(new[j])) for j in right]
    blocks = SequenceMatcher(None, a, b, autojunk=False).get_matching_blocks()
    return {left[m.a + n]: right[m.b + n] for m in blocks for n in range(m.size)}


def _cost(places: Places, old: Sequence[Layer], new: Sequence[Layer]) -> float:
    """Weigh what a reader would have to be told: an edit counts 1, a new name a quarter."""
    steady = len(_longest_rising(sorted(places.items())))
    cost = float(len(old) + len(new) - 2 * len(places) + len(places) - steady)
    for i, j in places.items():
        cost += len(differences(old[i], new[j])) + (0.25 if old[i].id != new[j].id else 0)
    return cost


def _longest_rising(places: Sequence[tuple[int, int]]) -> set[int]:
    """Choose the most old indices whose new ones rise with them."""
    ends: list[int] = []
    chain: list[int] = []
    before: list[int] = []
    for n, (_, j) in enumerate(places):
        k = bisect_left(ends, j)
        before.append(chain[k - 1] if k else -1)
        ends[k : k + 1] = [j]
        chain[k : k + 1] = [n]
    rising: set[int] = set()
    n = chain[-1] if chain else -1
    while n >= 0:
        rising.add(places[n][0])
        n = before[n]
    return rising
