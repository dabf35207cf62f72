"""What a model source gives: names, and a factory for each."""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from difflib import get_close_matches


@dataclass(frozen=True, slots=True)
class Source:
    """Hold one model before it is built: how to call it, and what its page says of where it comes from."""

    spec: str
    name: str
    family: str
    factory: Callable[[], object]
    versions: Mapping[str, str]


@dataclass(frozen=True, slots=True)
class Scheme:
    """Hold how one kind of spec is read; both functions take the spec without its prefix."""

    resolve: Callable[[str, dict[str, object]], Source]
    expand: Callable[[str], list[str]]


def nearest(name: str, known: Sequence[str]) -> str:
    """Offer the names that a misspelt one may have meant."""
    close = get_close_matches(name, known, n=3, cutoff=0.5)
    return f"did you mean {' or '.join(close)}?" if close else ""
