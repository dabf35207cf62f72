"""What one kind of model gives to know and to find: all that the other rooms ask about where models come from."""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from difflib import get_close_matches
from fnmatch import fnmatchcase
from importlib.metadata import PackageNotFoundError, version
from pathlib import PurePath

from rfa_report.core.errors import SpecError
from rfa_report.core.subject import Subject


@dataclass(frozen=True, slots=True)
class Scheme:
    """One way to name models.

    A spec is `prefix:NAME`, or the name alone where it ends in one of `suffixes`. `resolve` takes the name and the
    arguments of the constructor, `names` lists all names that there are, `common` those that wildcards stand for in
    a list of models. `packages` are those whose code makes the models, `runs_on` those that they are built with;
    `install` is the line that gets what is missing. `determined` says that nothing else decides what a model is:
    results may be kept, and no code of strangers runs. `preload` names modules to import before workers are forked.
    """

    prefix: str
    form: str
    example: str
    resolve: Callable[[str, Mapping[str, object]], Subject]
    names: Callable[[], Sequence[str]] | None = None
    common: Callable[[], Sequence[str]] | None = None
    suffixes: tuple[str, ...] = ()
    packages: tuple[str, ...] = ()
    runs_on: tuple[str, ...] = ()
    install: str = ""
    determined: bool = False
    preload: tuple[str, ...] = ()

    def reads(self, spec: str) -> bool:
        """Say whether a spec is written for this scheme."""
        return bool(self.prefix) and (spec.startswith(f"{self.prefix}:") or spec.endswith(self.suffixes or ("\0",)))

    def name(self, spec: str) -> str:
        """Take the prefix off a spec."""
        return spec.removeprefix(f"{self.prefix}:") if self.prefix else spec

    def title(self, spec: str) -> str:
        """Name a model that nobody has named: a file without its folder and its ending."""
        name = spec.rpartition(":")[2]
        return PurePath(name).stem if self.suffixes else name

    def matches(self, pattern: str, names: Sequence[str]) -> list[str]:
        """List the specs of those names that a pattern matches. Raises `SpecError` for none."""
        specs = [f"{self.prefix}:{name}" for name in names if fnmatchcase(name, pattern)]
        if not specs:
            raise SpecError(
                f"no {self.prefix} model matches {pattern!r}", f"widen the pattern, for example {self.example}*"
            )
        return specs

    def versions(self) -> dict[str, str]:
        """Look up the versions of its packages, as far as they are installed."""
        return {name: number for name in (*self.runs_on, *self.packages) if (number := installed(name))}


def installed(package: str) -> str | None:
    """Look up the version of a package; None where it is not installed."""
    try:
        return version(package)
    except PackageNotFoundError:
        return None


def nearest(name: str, known: Sequence[str]) -> str:
    """Offer the names that a misspelt one may have meant."""
    close = get_close_matches(name, known, n=3, cutoff=0.5)
    return f"did you mean {' or '.join(close)}?" if close else ""
