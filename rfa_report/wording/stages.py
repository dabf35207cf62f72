"""The stages of a model, its layers grouped by module: one partition for table, graphs, charts and paper."""

from collections.abc import Mapping, Sequence

from rfa_report.core.report import ModelReport
from rfa_report.wording import across

FEW, MANY = 9, 20
"""Below `FEW` stages the largest is split into its children, if that makes at most `MANY`."""


def stages(report: ModelReport) -> dict[str, list[str]]:
    """Group the ids of a model's layers by module, the one with most layers split first until there are a few.

    Only the largest of the top is split down to single layers.
    """
    keys = list(across.rows(report))
    depths: dict[str, int] = {}
    groups = _grouped(keys, depths)
    body = max(groups, key=lambda name: len(groups[name]), default="")
    while len(groups) < FEW:
        for name in sorted(groups, key=lambda name: -len(groups[name])):
            deeper = _grouped(keys, {**depths, name: name.count(".") + 2})
            parts = 1 + len(deeper) - len(groups)
            worth = 2 * parts <= len(groups[name]) or name.partition(".")[0] == body
            if parts > 1 and len(deeper) <= MANY and worth:
                depths[name] = name.count(".") + 2
                groups = deeper
                break
        else:
            break
    return groups


def begins(report: ModelReport, keys: Sequence[str]) -> list[tuple[int, str]]:
    """Say by place where stages begin among some of the layers; those of one layer only where no other is."""
    places = {key: place for place, key in enumerate(keys)}
    places_of = {name: [places[key] for key in group if key in places] for name, group in stages(report).items()}
    several = {name: group for name, group in places_of.items() if len(group) > 1}
    return sorted((min(group), name) for name, group in (several or places_of).items() if group)


def _grouped(keys: Sequence[str], depths: Mapping[str, int]) -> dict[str, list[str]]:
    groups: dict[str, list[str]] = {}
    for key in keys:
        path = key.rpartition("#")[0].split(".")
        depth = 1
        while (name := ".".join(path[:depth])) in depths and depth < len(path):
            depth = depths[name]
        groups.setdefault(name, []).append(key)
    return groups
