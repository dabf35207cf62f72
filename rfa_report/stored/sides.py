"""The sides of a comparison: a file, a folder, a site, a bundle or a revision -> where its reports are."""

import json
import os
import zipfile
import zlib
from collections.abc import Iterator, Sequence
from contextlib import ExitStack, contextmanager
from functools import partial
from pathlib import Path, PurePosixPath
from typing import Protocol

from rfa_report.config import Config
from rfa_report.core.errors import StoreError, one_line
from rfa_report.diffing import Side
from rfa_report.store import is_report
from rfa_report.stored.revision import Revision, merge_base

MOST_BYTES = 256 * 2**20
"""A file in a bundle that unpacks to more is not a report."""


class Files(Protocol):
    """JSON files by name, and how to read them."""

    def names(self) -> Sequence[str]:
        """List the JSON files, by path."""

    def read(self, name: str) -> bytes:
        """Read a file."""


class Folder:
    """The files of a folder on disk."""

    def __init__(self, root: Path) -> None:
        """Remember the folder."""
        self.root = root

    def names(self) -> list[str]:
        """List the JSON files, by path, but for those in hidden folders."""
        names = []
        for folder, folders, files in os.walk(self.root):
            folders[:] = sorted(name for name in folders if not name.startswith("."))
            below = Path(folder).relative_to(self.root)
            names += [(below / name).as_posix() for name in files if name.endswith(".json")]
        return sorted(names)

    def read(self, name: str) -> bytes:
        """Read a file."""
        return _read(self.root / name)


class Bundle:
    """The files of a zip archive, which is never unpacked to disk."""

    def __init__(self, archive: zipfile.ZipFile, name: str) -> None:
        """Remember the archive."""
        self.archive, self.name = archive, name

    def names(self) -> list[str]:
        """List the JSON files, by path."""
        return sorted(
            entry.filename
            for entry in self.archive.infolist()
            if entry.filename.endswith(".json") and entry.file_size <= MOST_BYTES
        )

    def read(self, name: str) -> bytes:
        """Read a file."""
        try:
            return self.archive.read(name)
        except (zipfile.BadZipFile, zlib.error, OSError, EOFError, RuntimeError, ValueError) as error:
            problem = f"{name} in {self.name} cannot be read: {one_line(error)}"
            raise StoreError(problem, "make the bundle again") from error


@contextmanager
def side(name: str) -> Iterator[Side]:
    """Open one side. Raises `StoreError` for one that is nothing, or holds no report."""
    path = Path(name)
    with ExitStack() as stack:
        if path.is_dir():
            yield Side(name, _reports(Folder(path), name))
        elif path.is_file() and zipfile.is_zipfile(path):
            try:
                archive = stack.enter_context(zipfile.ZipFile(path))
            except (OSError, zipfile.BadZipFile) as error:
                raise StoreError(f"{name} cannot be read: {one_line(error)}", "make the bundle again") from error
            yield Side(name, _reports(Bundle(archive, name), name))
        elif path.exists():
            yield Side(name, {path.stem: partial(_read, path)}, single=True)
        else:
            revision = Revision(name)
            stack.callback(revision.close)
            yield Side(name, _reports(revision, name))


def old_side(against: str, config: Config, config_path: Path) -> str:
    """Name the old side: of a revision without a path, the committed reports; of `REF...`, where HEAD left REF."""
    if Path(against).exists():
        return against
    revision = merge_base(against.removesuffix("..."), "HEAD") if against.endswith("...") else against
    if ":" in revision:
        return revision
    return f"{revision}:{committed(config, config_path)}"


def committed(config: Config, config_path: Path) -> str:
    """Give the path of the committed reports as git wants it: from the current directory, whatever that of the rest."""
    return "./" + Path(os.path.relpath(config_path.parent / config.check.baseline)).as_posix()


def two_sides(words: Sequence[str]) -> tuple[str, str | None]:
    """Read OLD and NEW, or OLD..NEW, or OLD...NEW (from where the two went different ways), as git does."""
    if len(words) > 2:
        raise StoreError(f"{len(words)} sides to compare", "give two: rfa-report diff OLD NEW")
    first = words[0]
    if len(words) == 2:
        return first, words[1]
    if ".." not in first.replace("../", "") or Path(first).exists():
        return first, None
    dots = "..." if "..." in first else ".."
    old, _, new = first.partition(dots)
    old, new = old or "HEAD", new or "HEAD"
    return (merge_base(old, new) if dots == "..." else old), new


def _reports(files: Files, name: str) -> dict[str, partial[bytes]]:
    """Find the reports among files; where one lies several times, as in a site, the one nearest to the root counts."""
    names = [PurePosixPath(file) for file in files.names()]
    names = [path for path in names if not path.name.startswith(".") and not path.name.endswith(".schema.json")]
    names.sort(key=lambda path: (len(path.parts), path))
    chosen: dict[str, PurePosixPath] = {}
    others = []
    for path in names:
        data = files.read(str(path))
        if not is_report(data):
            others.append((path, data))
            continue
        first = chosen.setdefault(path.stem, path)
        if first != path and len(first.parts) == len(path.parts) and files.read(str(first)) != data:
            raise StoreError(
                f"{name} holds two different reports called {path.stem}: {first} and {path}",
                "give the folder of one of them",
            )
    folders = {path.parent for path in chosen.values()}
    for path, data in others:
        if (path.parent in folders or path.parent.name == "reports") and not _is_json(data):
            raise StoreError(f"{path} of {name} is half-written or no report", "build it again with rfa-report build")
    if not chosen:
        raise StoreError(f"{name} holds no reports", "give a folder of reports or a site; rfa-report build makes one")
    return {stem: partial(files.read, str(chosen[stem])) for stem in sorted(chosen)}


def _is_json(data: bytes) -> bool:
    try:
        json.loads(data)
    except ValueError:
        return False
    return True


def _read(path: Path) -> bytes:
    try:
        return path.read_bytes()
    except OSError as error:
        raise StoreError(f"{path} cannot be read: {one_line(error)}", "check the path") from error
