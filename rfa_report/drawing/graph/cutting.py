"""Cut the module tree: which modules an overview shows as one node, which stages get a graph, which get a frame."""

from collections.abc import Mapping, Sequence
from itertools import groupby
from math import ceil
from typing import TypeAlias

from rfa_report.drawing.graph.folding import Unit

Run: TypeAlias = list[tuple[str, list[Unit]]]
"""Neighbouring modules by name, each with its units."""

MOST, DETAIL = 100, 60
"""A stage with more units is split, into parts that come near to the latter."""

SMALL, TOGETHER, FEW = 12, 40, 4
"""Neighbours are drawn together where one is small and they stay below, and always where one has but a few units."""

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
    groups: list[tuple[str, list[Unit]]] = []
    for name, group in best:
        runs = _packed(group, depth + 1, ceil(len(group) / limit * 3)) if len(group) > SPARSE else [[(name, group)]]
        groups += map(_together, runs)
    return groups


def details(units: Sequence[Unit], stages: Mapping[str, Sequence[str]]) -> list[tuple[str, list[Unit]]]:
    """Make parts of a readable size of the stages of a model; what is but one unit needs no graph of its own.

    A large stage is split, and small neighbours are joined: a part never begins or ends within another's stage.
    """
    stage_of = {key: name for name, keys in stages.items() for key in keys}
    parts: dict[str, list[Unit]] = {}
    for unit in units:
        parts.setdefault(stage_of[unit.head], []).append(unit)
    runs: list[Run] = []
    for (parent, small), group in groupby(parts.items(), lambda x: (x[0].rpartition(".")[0], len(x[1]) < SMALL)):
        alike = list(group)
        if parent and small:
            runs += _balanced(alike, TOGETHER)
            continue
        for name, part in alike:
            pieces = map(_together, _packed(part, name.count(".") + 2, DETAIL)) if len(part) > MOST else [(name, part)]
            runs += [[piece] for piece in pieces]
    return [_together(run) for run in map(_trimmed, _joined(runs)) if run]


def _packed(units: Sequence[Unit], depth: int, most: int) -> list[Run]:
    """Put consecutive modules of a stage together to parts of one size, mostly below `most` units."""
    modules = level(units, depth)
    if len(modules) == 1 and len(modules[0][1]) > 1:
        return _packed(units, depth + 1, most)
    return _balanced(modules, most)


def _balanced(modules: Run, most: int) -> list[Run]:
    total = sum(len(module) for _, module in modules)
    share = total / ceil(total / most)
    runs: list[Run] = [[]]
    done = 0.0
    for name, module in modules:
        if runs[-1] and done + len(module) / 2 > share * len(runs):
            runs.append([])
        runs[-1].append((name, module))
        done += len(module)
    return runs


def _joined(runs: Sequence[Run]) -> list[Run]:
    """Draw small neighbours together."""
    joined: list[Run] = []
    for run in runs:
        before = joined[-1] if joined else []
        size, last, new = _size(before), _size(before[-1:]), _size(run)
        if before and (size < FEW or (min(new, last) < SMALL and size + new <= TOGETHER)):
            before += run
        else:
            joined.append([*run])
    return joined


def _size(run: Run) -> int:
    return sum(len(part) for _, part in run)


def _trimmed(run: Run) -> Run:
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
