"""The code that a bundle names, its rules and models of no zoo: it is run only when that is asked for."""

import tempfile
import zipfile
from collections.abc import Iterable, Iterator, Sequence
from contextlib import contextmanager
from pathlib import Path, PurePosixPath

from rfa_report import sources
from rfa_report.config import load
from rfa_report.core.errors import StoreError

CONFIG = "rfa-report.toml"
MOST_BYTES = 2**20
"""A file of a bundle that unpacks to more is neither a configuration nor rules."""


@contextmanager
def rules_of(bundle: str, given: Sequence[str], models: Iterable[str], *, trusted: bool) -> Iterator[tuple[str, ...]]:
    """Name the rules to verify a bundle with: those given, else its own.

    Raises `StoreError` where that would run code that a bundle names, be it rules or one of its models, untrusted.
    """
    with tempfile.TemporaryDirectory(prefix="rfa-report-") as folder:
        root = _unpacked(Path(bundle), Path(folder)) if zipfile.is_zipfile(bundle) else Path(bundle)
        named = load(root / CONFIG).rules if not given and (root / CONFIG).is_file() else ()
        code = (*named, *(spec for spec in models if not sources.scheme_of(spec).determined))
        if code and not trusted:
            raise StoreError(
                f"{bundle} names code of its own, which would be run: {', '.join(code)}",
                "read that code, then verify with --trust",
            )
        own = tuple(str(root / spec) if spec.rpartition(":")[0].endswith(".py") else spec for spec in named)
        yield tuple(given) or own


def _unpacked(bundle: Path, folder: Path) -> Path:
    """Unpack the configuration of a zip file, and the rules beside it; return the folder that they are in."""
    with zipfile.ZipFile(bundle) as archive:
        entries = [PurePosixPath(entry.filename) for entry in archive.infolist() if entry.file_size <= MOST_BYTES]
        config = min((path for path in entries if path.name == CONFIG), key=lambda path: len(path.parts), default=None)
        if config is None:
            return folder
        wanted = [path for path in entries if path == config or path.parent == config.parent / "rules"]
        archive.extractall(folder, [str(path) for path in wanted])
    return folder / config.parent
