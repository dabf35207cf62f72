"""A picture of a model: what its page shows under one heading, and what is printed of it."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field


@dataclass(frozen=True, slots=True)
class DataTable:
    """What a chart shows, for readers who see no chart and for those who want the numbers.

    The first cell of a row is its head, all others may be numbers.
    """

    id: str
    caption: str
    heads: tuple[str, ...]
    rows: tuple[tuple[str, ...], ...]


@dataclass(frozen=True, slots=True)
class Print:
    """A drawing for paper.

    `draw` draws it, as the site does, at a width in pixels; where `fits` is false it has a width of its own. `each`
    tells whether it shows one resolution, `wide` whether the PDF report gives it both columns. `marks` are the shapes
    of the verdicts in its legend, where they are not those of the graphs.
    """

    name: str
    caption: str
    draw: Callable[[float], str]
    each: bool = True
    fits: bool = True
    wide: bool = False
    marks: Mapping[str, str] | None = None


@dataclass(frozen=True, slots=True)
class Picture:
    """A picture of a model.

    `key` names its fragment, `anchor` its heading where links lead to it, `lead` explains it in Markdown, and `label`
    is what a screen reader calls it where it is one drawing. `problem` says what could not be laid out, and why;
    `files` are offered beside the page, by path; `nodes` maps layers to the ids of the elements that show them.
    """

    key: str
    title: str
    html: str
    lead: str = ""
    anchor: str = ""
    label: str = ""
    table: DataTable | None = None
    problem: tuple[str, str] | None = None
    prints: tuple[Print, ...] = ()
    files: Mapping[str, str] = field(default_factory=dict)
    nodes: Mapping[str, str] = field(default_factory=dict)
