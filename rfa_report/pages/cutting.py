"""Cut the module tree: which modules an overview shows as one node, which stages get a graph, which get a frame."""

from collections.abc import Sequence
from math import ceil

from rfa_report.pages.folding import Unit

DETAIL = 60
"""The number of units that the parts of a split stage come near to."""

MOST = 100
"""A stage with more units is split."""

FEW = 4
"""A stage with fewer units is drawn with the next one."""

HELPFUL = 2.4
"""The mean number of nodes from which frames are drawn."""


def cut(units: Sequence[Unit], limit: int) -> list[tuple[str, list[Unit]]]:
    """Group units by module, at the deepest level with at most `limit` groups; the first level always does."""
    depth, best = 1, _level(units, 1)
    while depth < max(len(unit.path) for unit in units):
        depth += 1
        level = _level(units, depth)
        if len(level) > limit:
            break
        best = level
    return best


def stages(units: Sequence[Unit]) -> list[tuple[str, list[Unit]]]:
    """Split a model into stages of a readable size, by module; what is but one unit needs no graph of its own."""
    depth = 0
    while (parts := _level(units, depth + 1)) and max(len(part) for _, part in parts) > 0.7 * len(units):
        depth += 1
    found: list[tuple[str, list[Unit]]] = []
    for name, part in parts if depth == 0 else _deeper(units, depth):
        if len(part) == 1:
            continue
        found += [(name, part)] if len(part) <= MOST else _packed(part, len(name.split(".")))
    return _joined(found)


def _deeper(units: Sequence[Unit], depth: int) -> list[tuple[str, list[Unit]]]:
    """Group units at the level where no module holds most of them any more, or at the one before."""
    parts = _level(units, depth + 1)
    return parts if max(len(part) for _, part in parts) > 1 else _level(units, depth)


def _packed(units: Sequence[Unit], depth: int) -> list[tuple[str, list[Unit]]]:
    """Put consecutive modules of a stage together to parts of similar size."""
    modules = _level(units, depth + 1)
    share = len(units) / ceil(len(units) / DETAIL)
    parts: list[list[tuple[str, list[Unit]]]] = [[]]
    done = 0.0
    for name, module in modules:
        if parts[-1] and done + len(module) / 2 > share * len(parts):
            parts.append([])
        parts[-1].append((name, module))
        done += len(module)
    return [
        (part[0][0] if len(part) == 1 else f"{part[0][0]} to {part[-1][0].split('.')[-1]}", [u for _, m in part for u in m])
        for part in parts
    ]


def _joined(found: Sequence[tuple[str, list[Unit]]]) -> list[tuple[str, list[Unit]]]:
    """Draw a stage of few units with the next one."""
    joined: list[tuple[str, list[Unit]]] = []
    small: tuple[str, list[Unit]] | None = None
    for name, part in found:
        if small:
            name, part = f"{small[0]} and {name}", [*small[1], *part]
        small = (name, part) if len(part) < FEW else None
        if not small:
            joined.append((name, part))
    return [*joined, *([small] if small else [])]


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


def _level(units: Sequence[Unit], depth: int) -> list[tuple[str, list[Unit]]]:
    """Group units by the module they lie in at a level; what is no deeper stands alone, under its own name."""
    groups: dict[str, list[Unit]] = {}
    for unit in units:
        name = ".".join(unit.path[:depth]) if len(unit.path) > depth else unit.head
        groups.setdefault(name, []).append(unit)
    return [(name if len(group) > 1 else group[0].head, group) for name, group in groups.items()]
