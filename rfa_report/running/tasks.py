"""A configuration -> what is to be done about each of its models."""

from collections import Counter
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from rfa_report import sources
from rfa_report.config import Config
from rfa_report.core.errors import ConfigError, SpecError
from rfa_report.core.report import Size
from rfa_report.core.slug import slugify


@dataclass(frozen=True, slots=True)
class Task:
    """What is to be done about one model: how it is called, and what is asked of it."""

    title: str
    spec: str
    resolutions: tuple[Size, ...]
    channels: int | None
    images: int | None
    inputs: str | tuple[str, ...] | Mapping[str, str] | None
    size_argument: str | None
    arguments: Mapping[str, Any]
    rules: tuple[str, ...]

    @property
    def slug(self) -> str:
        """Name the model's files."""
        return slugify(self.title)


def tasks_of(config: Config, path: Path) -> list[Task]:
    """Spell out what is asked of each model of a configuration. Raises `ConfigError` where two would share a page."""
    tasks = []
    for number, wanted in enumerate(config.models):
        try:
            specs = sources.expand(wanted.spec)
        except SpecError as error:
            raise ConfigError(f"{path}: models[{number}].spec: {error.problem}", error.next_step) from error
        if wanted.name and len(specs) > 1:
            raise ConfigError(f"{path}: models[{number}].name names {len(specs)} models", "leave name out")
        tasks += [
            Task(
                wanted.name or sources.scheme_of(spec).title(spec),
                spec,
                wanted.resolutions or config.resolutions,
                None if wanted.inputs else wanted.channels or config.channels,
                wanted.images,
                wanted.inputs,
                wanted.size_argument,
                wanted.arguments,
                config.rules,
            )
            for spec in specs
        ]
    slugs = Counter(task.slug for task in tasks)
    for task in tasks:
        if slugs[task.slug] > 1:
            raise ConfigError(
                f"{path}: {slugs[task.slug]} models would share the page {task.slug!r}, one is {task.spec}",
                "give one of them another name = ...",
            )
    return tasks
