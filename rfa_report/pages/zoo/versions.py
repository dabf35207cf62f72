"""What the numbers of a page were computed with."""

from collections.abc import Sequence
from dataclasses import dataclass

from rfa_report.pages.zoo.row import IndexRow


@dataclass(frozen=True, slots=True)
class Version:
    """A package and its version; several versions where reports were made at different times."""

    name: str
    version: str


def computed_with(rows: Sequence[IndexRow]) -> tuple[Version, ...]:
    """List the packages that some reports were computed with."""
    by_package: dict[str, dict[str, None]] = {}
    for row in rows:
        for name, version in row.versions:
            by_package.setdefault(name, {})[version] = None
    return tuple(Version(name, " and ".join(sorted(versions))) for name, versions in by_package.items())
