"""The rules of a bundle: its configuration names them, and they are code, which is run only when that is asked for."""

import tempfile
import zipfile
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from pathlib import Path, PurePosixPath

from rfa_report.config import load
from rfa_report.core.errors import StoreError

CONFIG = "rfa-report.toml"
MOST_BYTES = 2**20
"""A file of a bundle that unpacks to more is neither a configuration nor rules."""


@contextmanager
def rules_of(bundle: str, given: Sequence[str], *, trusted: bool) -> Iterator[tuple[str, ...]]:
    """Name the rules to verify a bundle with: those given, else its own. Raises `StoreError` unless it is trusted."""
    if given:
        yield tuple(given)
        return
    with tempfile.TemporaryDirectory(prefix="rfa-report-") as folder:
        root = _unpacked(Path(bundle), Path(folder)) if zipfile.is_zipfile(bundle) else Path(bundle)
        named = load(root / CONFIG).rules if (root / CONFIG).is_file() else ()
        if named and not trusted:
            raise StoreError(
                f"{bundle} was computed with rules of its own, which are code: {', '.join(named)}",
                "read them, then run them with --bundle-rules, or give yours with --rules",
            )
        yield tuple(str(root / spec) if spec.rpartition(":")[0].endswith(".py") else spec for spec in named)


def _unpacked(bundle: Path, folder: Path) -> Path:
    """Unpack the configuration of a zip file, and the rules beside it; return the folder that they are in."""
    with zipfile.ZipFile(bundle) as archive:
        entries = [PurePosixPath(entry.filename) for entry in archive.infolist() if entry.file_size <= MOST_BYTES]
        found = min((path for path in entries if path.name == CONFIG), key=lambda path: len(path.parts), default=None)
        if found is None:
            return folder
        wanted = [path for path in entries if path == found or path.parent == found.parent / "rules"]
        archive.extractall(folder, [str(path) for path in wanted])
    return folder / found.parent
