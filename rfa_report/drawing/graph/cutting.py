"""Cut the module tree: which modules an overview shows as one node, which stages get a graph, which get a frame."""

from collections.abc import Sequence
from math import ceil

from rfa_report.drawing.graph.folding import Unit

MOST, DETAIL = 100, 60
"""A stage with more units is split, into parts that come near to the latter."""

SMALL, TOGETHER, FEW = 12, 40, 4
"""Neighbours are drawn together where one is small and they stay below, and always where one has but a few units."""

MAIN = 0.85
"""A module with a larger share of the units is the body of the model, whose parts are the stages."""

SPARSE = 8
"""An overview with fewer nodes shows too little."""

HELPFUL = 2.4
"""The mean number of nodes from which frames are drawn."""


def cut(units: Sequence[Unit], limit: int) -> list[tuple[str, list[Unit]]]:
    """Group units by module, at the deepest level with at most `limit` groups.

    Where that leaves next to nothing to see, as in a long `Sequential`, neighbours in a module are grouped as well.
    """
    depth, best = 1, level(units, 1)
    for deeper in range(2, max(len(unit.path) for unit in units) + 1):
        finer = level(units, deeper)
        if len(finer) > limit:
            break
        depth, best = deeper, finer
    if len(best) >= SPARSE or len(best) == len(units):
        return best
    found: list[tuple[str, list[Unit]]] = []
    for name, group in best:
        found += _packed(group, depth + 1, ceil(len(group) / limit * 3)) if len(group) > SPARSE else [(name, group)]
    return found


def stages(units: Sequence[Unit]) -> list[tuple[str, list[Unit]]]:
    """Split a model into stages of a readable size, by module; what is but one unit needs no graph of its own."""
    depth = 1
    while _largest(units, depth) > MAIN * len(units) and _largest(units, depth + 1) > 1:
        depth += 1
    found: list[tuple[str, list[Unit]]] = []
    for name, part in level(units, depth):
        if len(part) > MOST:
            found += _packed(part, depth + 1, len(part) / ceil(len(part) / DETAIL))
        else:
            found.append((name, part))
    return _joined(found)


def _largest(units: Sequence[Unit], depth: int) -> int:
    return max(len(part) for _, part in level(units, depth))


def _packed(units: Sequence[Unit], depth: int, share: float) -> list[tuple[str, list[Unit]]]:
    """Put consecutive modules of a stage together to parts of about `share` units."""
    modules = level(units, depth)
    if len(modules) == 1 and len(modules[0][1]) > 1:
        return _packed(units, depth + 1, share)
    parts: list[list[tuple[str, list[Unit]]]] = [[]]
    done = 0.0
    for name, module in modules:
        if parts[-1] and done + len(module) / 2 > share * len(parts):
            parts.append([])
        parts[-1].append((name, module))
        done += len(module)
    return [_together(part) for part in parts]


def _joined(found: Sequence[tuple[str, list[Unit]]]) -> list[tuple[str, list[Unit]]]:
    """Draw small neighbours as one stage."""
    runs: list[list[tuple[str, list[Unit]]]] = []
    for name, part in found:
        before = runs[-1] if runs else []
        size = sum(len(known) for _, known in before)
        small = min(len(part), *(len(known) for _, known in before[-1:])) < SMALL if before else False
        if before and (size < FEW or (small and size + len(part) <= TOGETHER)):
            before.append((name, part))
        else:
            runs.append([(name, part)])
    return [_together(run) for run in map(_trimmed, runs) if run]


def _trimmed(run: list[tuple[str, list[Unit]]]) -> list[tuple[str, list[Unit]]]:
    """Drop what is but one unit at both ends."""
    worth = [n for n, (_, part) in enumerate(run) if len(part) > 1]
    return run[worth[0] : worth[-1] + 1] if worth else []


def _together(parts: Sequence[tuple[str, list[Unit]]]) -> tuple[str, list[Unit]]:
    """Name several modules by the first and the last of them."""
    names = [name for name, part in parts if len(part) > 1] or [name for name, _ in parts]
    units = [unit for _, part in parts for unit in part]
    if len(names) == 1:
        return names[0], units
    last = names[-1]
    if names[0].rpartition(".")[0] == last.rpartition(".")[0]:
        last = last.rpartition(".")[2]
    return f"{names[0]} to {last}", units


def clusters(groups: Sequence[tuple[str, Sequence[Unit]]]) -> list[tuple[str, tuple[str, ...]]]:
    """Frame nodes by module, at the first level where there are several frames and none holds most nodes."""
    paths = {name: (name,) if len(group) > 1 and "." not in name else _path(name, group) for name, group in groups}
    for depth in range(1, max(map(len, paths.values()), default=1)):
        framed = {
            key: tuple(names)
            for key, names in ((key, list(names)) for key, names in _runs(paths, depth))
            if len(names) > 1
        }
        sizes = [len(names) for names in framed.values()]
        if len(sizes) > 1 and max(sizes) <= 0.7 * len(paths) + 3 and sum(sizes) >= HELPFUL * len(sizes):
            return list(framed.items())
    return []


def _path(name: str, group: Sequence[Unit]) -> tuple[str, ...]:
    return group[0].path if len(group) == 1 else tuple(name.split("."))


def _runs(paths: dict[str, tuple[str, ...]], depth: int) -> list[tuple[str, list[str]]]:
    """Collect the nodes below each module of a level."""
    below = [(".".join(path[:depth]), name) for name, path in paths.items() if len(path) > depth]
    return [(key, [name for k, name in below if k == key]) for key in dict.fromkeys(key for key, _ in below)]


def level(units: Sequence[Unit], depth: int) -> list[tuple[str, list[Unit]]]:
    """Group units by the module they lie in at a level; what is no deeper stands alone, under its own name."""
    groups: dict[str, list[Unit]] = {}
    for unit in units:
        name = ".".join(unit.path[:depth]) if len(unit.path) > depth else unit.head
        groups.setdefault(name, []).append(unit)
    return [(name if len(group) > 1 else group[0].head, group) for name, group in groups.items()]
