"""The output folder: what is ours in it, written whole or not at all."""

import hashlib
import json
import shutil
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path, PurePosixPath
from types import TracebackType
from typing import Any

from filelock import FileLock, Timeout

from rfa_report.core.errors import OutputError, one_line

MARKER = ".rfa-report.json"
"""The file that says that a folder is ours, and lists what was generated in it."""

WORK = ".rfa-report"
"""The folder for what is not finished: a lock, a journal of new files, and files that are being written."""

FULL = "free or unlock the disk, then build again"
"""What to do where nothing can be written."""


@contextmanager
def writing(target: Path) -> Iterator[None]:
    """Raise `OutputError` where what is written has no place."""
    try:
        yield
    except OSError as error:
        raise OutputError(f"{target} cannot be written: {one_line(error)}", FULL) from error


class Output:
    """Generated files below one folder; those that are no longer generated are forgotten.

    A context: while it is open, no other build writes to the folder. A file whose bytes do not change keeps its
    modification time. A folder that holds anything without our marker is somebody else's, and refused. A build that
    was killed leaves whole files only, and the next one knows them as ours.
    """

    def __init__(self, root: Path, option: str = "--out") -> None:
        """Name the folder, and the option that the user chose it with; nothing is touched before it is entered."""
        self.root, self.option = root, option
        self.work = root / WORK
        self.written = 0
        self._digests: dict[str, str] = {}
        self._before: set[str] = set()
        self._site = ""

    def __enter__(self) -> "Output":
        """Claim the folder, creating it where it does not exist. Raises `OutputError`."""
        try:
            if self.root.is_dir() and any(self.root.iterdir()) and not (self.root / MARKER).is_file():
                raise OutputError(
                    f"{self.root} is not empty and was not made by rfa-report",
                    f"choose another folder with {self.option}, or empty it",
                )
            self.root.mkdir(parents=True, exist_ok=True)
            if not (self.root / MARKER).exists():
                (self.root / MARKER).write_text("{}\n", encoding="utf-8")
            self.work.mkdir(exist_ok=True)
            self._lock = FileLock(self.work / "lock")
            self._lock.acquire(timeout=0)
            self._know()
        except Timeout as error:
            raise OutputError(
                f"another build is writing to {self.root}",
                f"wait until it ends, or choose another folder with {self.option}",
            ) from error
        except OSError as error:
            raise OutputError(
                f"{self.root} cannot be written: {one_line(error)}", f"choose another folder with {self.option}"
            ) from error
        return self

    def __exit__(self, kind: type[BaseException] | None, error: BaseException | None, at: TracebackType | None) -> None:
        """Let others write to the folder."""
        self._journal.close()
        self._lock.release()

    def _know(self) -> None:
        """Learn what earlier builds generated, also those that did not end, and clear away what they left unfinished.

        What they were about to write stands in the journal.
        """
        marker = _read(self.root / MARKER)
        journal = self.work / "journal"
        begun = journal.read_text(encoding="utf-8").splitlines() if journal.exists() else []
        self._before = {path for path in (*marker.get("files", ()), *begun) if path}
        self._site = str(marker.get("site", ""))
        for left in self.work.iterdir():
            if left.is_dir():
                shutil.rmtree(left)
            elif left.name not in ("lock", "journal"):
                left.unlink()
        self._journal = journal.open("ab", buffering=0)

    def write(self, path: str, content: str | bytes) -> None:
        """Write one file, by its path below the folder. Raises `OutputError` for a full or read-only disk."""
        data = content.encode() if isinstance(content, str) else content
        self._digests[path] = hashlib.sha256(data).hexdigest()
        target = self.root / PurePosixPath(path)
        with writing(target):
            if path not in self._before:
                self._journal.write(f"{path}\n".encode())
            self.written += self._put(target, data)

    def copy_tree(self, source: Path, path: str, *, skip: tuple[str, ...] = ()) -> None:
        """Copy a folder's files below `path`, leaving out top-level names in `skip`."""
        for relative in _files(source):
            if relative.parts[0] not in skip and "__pycache__" not in relative.parts:
                self.write(f"{path}/{relative}", (source / relative).read_bytes())

    def finish(self) -> None:
        """Remove what an earlier build generated and this one did not. Raises `OutputError`."""
        with writing(self.root):
            for path in sorted(self._before - self._digests.keys()):
                self._remove(self.root / path)
            self._before = set(self._digests)
            self._mark()
            self._journal.truncate(0)

    def made(self, versions: str) -> str:
        """Return a digest of all files written, and of the versions that make a site of them."""
        return hashlib.sha256(json.dumps([versions, sorted(self._digests.items())]).encode()).hexdigest()

    def has_site(self, digest: str) -> bool:
        """Decide whether the folder holds the site that was made of exactly these files."""
        return self._site == digest and (self.root / "site" / "index.html").is_file()

    def publish(self, new: Path, digest: str) -> None:
        """Bring `site` up to date with a finished one: file by file, pages last, so that it can be read at any time.

        Raises `OutputError`.
        """
        site = self.root / "site"
        with writing(site):
            self._site = ""
            self._mark()
            files = list(_files(new))
            for relative in sorted(files, key=lambda path: (path.suffix == ".html", path)):
                self.written += self._put(site / relative, (new / relative).read_bytes())
            for relative in set(_files(site)).difference(files):
                self._remove(site / relative)
            self._site = digest
            self._mark()
        shutil.rmtree(new, ignore_errors=True)

    def _remove(self, path: Path) -> None:
        path.unlink(missing_ok=True)
        folder = path.parent
        while folder != self.root and folder.is_dir() and not any(folder.iterdir()):
            folder.rmdir()
            folder = folder.parent

    def _mark(self) -> None:
        marker = {"generated by": "rfa-report", "site": self._site, "files": sorted(self._before)}
        self._put(self.root / MARKER, (json.dumps(marker, indent=1) + "\n").encode())

    def _put(self, target: Path, data: bytes) -> bool:
        """Write a file whole or not at all; False where its bytes are these already."""
        if target.is_file() and target.stat().st_size == len(data) and target.read_bytes() == data:
            return False
        target.parent.mkdir(parents=True, exist_ok=True)
        temporary = self.work / "writing"
        try:
            temporary.write_bytes(data)
            temporary.replace(target)
        finally:
            temporary.unlink(missing_ok=True)
        return True


def _read(marker: Path) -> dict[str, Any]:
    try:
        content = json.loads(marker.read_text(encoding="utf-8"))
    except ValueError:
        return {}
    return content if isinstance(content, dict) else {}


def _files(folder: Path) -> Iterator[Path]:
    """List the files below a folder by their paths from there, in order."""
    return (path.relative_to(folder) for path in sorted(folder.rglob("*")) if path.is_file())
