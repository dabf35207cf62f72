"""What a model source gives: names, and a factory for each."""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from difflib import get_close_matches
from typing import Any

from rfa_report.core.subject import Design


def made_for_photos(model: object) -> Design:
    """Say nothing in particular of a model: it takes what most do."""
    return Design()


@dataclass(frozen=True, slots=True)
class Source:
    """One model before it is built: how to call it, and what its page says of where it comes from.

    `design` says of the built model which input it was made for.
    """

    spec: str
    name: str
    family: str
    factory: Callable[[], object]
    versions: Mapping[str, str]
    design: Callable[[Any], Design] = made_for_photos


@dataclass(frozen=True, slots=True)
class Scheme:
    """How one kind of spec is read; `resolve` and `expand` take the spec without its prefix.

    `names` lists all that there is, `expand` what a pattern stands for.
    """

    resolve: Callable[[str, dict[str, object]], Source]
    expand: Callable[[str], list[str]]
    names: Callable[[], list[str]] = list


def nearest(name: str, known: Sequence[str]) -> str:
    """Offer the names that a misspelt one may have meant."""
    close = get_close_matches(name, known, n=3, cutoff=0.5)
    return f"did you mean {' or '.join(close)}?" if close else ""
