"""What can be made again, in one folder of the user's, by the digest of all that it is made from."""

import os
import shutil
import zlib
from collections.abc import Iterator
from contextlib import suppress
from dataclasses import dataclass
from pathlib import Path

from platformdirs import user_cache_path

FOLDER = "RFA_REPORT_CACHE"
"""The environment variable that names another folder."""


@dataclass(frozen=True, slots=True)
class Shelf:
    """Bytes in files of one folder, each whole or not at all; several programs may use it at once."""

    folder: Path

    def get(self, key: str) -> bytes | None:
        """Read an entry; None where there is none, or a damaged one."""
        try:
            return zlib.decompress(self._path(key).read_bytes())
        except (OSError, zlib.error):
            return None

    def put(self, key: str, data: bytes) -> None:
        """Write an entry; a disk that is full or read-only only means that nothing is kept."""
        path = self._path(key)
        temporary = path.with_suffix(f".{os.getpid()}")
        try:
            path.parent.mkdir(parents=True, exist_ok=True)
            temporary.write_bytes(zlib.compress(data, 1))
            temporary.replace(path)
        except OSError:
            with suppress(OSError):
                temporary.unlink()

    def entries(self) -> Iterator[Path]:
        """List the files of all entries."""
        return (path for path in self.folder.glob("??/*") if path.is_file())

    def clear(self) -> None:
        """Forget everything."""
        for folder in self.folder.glob("??"):
            shutil.rmtree(folder, ignore_errors=True)

    def _path(self, key: str) -> Path:
        return self.folder / key[:2] / f"{key[2:]}.z"


def users() -> Shelf:
    """Return the user's own."""
    named = os.environ.get(FOLDER)
    return Shelf(Path(named) if named else user_cache_path("rfa_report"))
