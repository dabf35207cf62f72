"""The main branch of a graph, and the edges that skip past it."""

from collections.abc import Collection, Mapping, Sequence
from itertools import pairwise


def spine(
    weights: Mapping[str, int],
    edges: Sequence[tuple[str, str]],
    gates: Collection[str],
    products: Collection[str],
) -> tuple[list[str], set[tuple[str, str]]]:
    """Return the heaviest path as nodes, and the edges that lead past other nodes.

    `weights` has the nodes in execution order; edges against it are left out. Where one of the `products` joins a
    gate and what it gates, the path takes the latter: a gate is a side branch however long it is.
    """
    order = list(weights)
    place = {name: n for n, name in enumerate(order)}
    before: dict[str, list[str]] = {name: [] for name in order}
    for tail, head in edges:
        if place[tail] < place[head]:
            before[head].append(tail)
    length: dict[str, int] = {}
    via: dict[str, str] = {}
    for name in order:
        tails = before[name]
        if name in products:
            tails = [tail for tail in tails if tail not in gates] or tails
        best = max(tails, key=lambda tail: (length[tail], -place[tail]), default=None)
        length[name] = weights[name] + (length[best] if best is not None else 0)
        if best is not None:
            via[name] = best
    feeding = {tail for tails in before.values() for tail in tails}
    ends = [name for name in order if name not in feeding]
    path = [max(ends, key=lambda name: (length[name], place[name]))]
    while path[-1] in via:
        path.append(via[path[-1]])
    path.reverse()
    along = set(pairwise(path))
    skips = {edge for edge in edges if edge not in along and _past(edge, before)}
    return path, skips


def _past(edge: tuple[str, str], before: dict[str, list[str]]) -> bool:
    """Tell whether the head of an edge is also reached from its tail another way."""
    tail, head = edge
    seen: set[str] = set()
    todo = [name for name in before[head] if name != tail]
    while todo:
        name = todo.pop()
        if name == tail:
            return True
        if name not in seen:
            seen.add(name)
            todo += before[name]
    return False
