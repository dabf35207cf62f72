"""Files of a git revision, read by `git` without checking anything out."""

import subprocess
from pathlib import Path

from rfa_report.core.errors import StoreError, one_line

SHORT = 12
"""Digits by which a commit is called that the user did not name."""


class Revision:
    """The files below one tree of the repository of the current directory."""

    def __init__(self, name: str) -> None:
        """Look up `REVISION` or `REVISION:path`. Raises `StoreError` for what is neither."""
        self.name = name
        self._process: subprocess.Popen[bytes] | None = None
        revision, colon, path = name.partition(":")
        if not revision or revision.startswith("-"):
            raise StoreError(f"{name} is not a revision", "write for example main, HEAD~3 or v1.2:path/to/reports")
        if _git("rev-parse", "--git-dir") is None:
            raise StoreError(
                f"there is no file or folder {name}, and {Path.cwd().name or '/'} is in no git repository",
                "correct the path, or go to a repository to compare revisions",
            )
        if _git("rev-parse", "--verify", "--quiet", "--end-of-options", f"{revision}^{{commit}}") is None:
            raise StoreError(
                f"{revision} is neither a file, a folder nor a revision of this repository",
                "correct it; a shallow clone lacks older commits: git fetch --unshallow",
            )
        self._files: dict[str, str] = {}
        spec = f"{revision}:{path}" if colon else f"{revision}^{{tree}}"
        kind = _git("cat-file", "-t", spec)
        if kind is None:
            raise StoreError(f"{path} is not in revision {revision}", f"list what is: git ls-tree -r {revision}")
        if kind.strip() == "blob":
            self._files[path.rpartition("/")[2]] = (_git("rev-parse", spec) or "").strip()
            return
        for entry in (_git("ls-tree", "-r", "-z", "--full-tree", spec) or "").split("\0"):
            about, _, file = entry.partition("\t")
            if file.endswith(".json") and " blob " in f" {about} ":
                self._files[file] = about.split()[2]

    def names(self) -> list[str]:
        """List the JSON files, by path."""
        return list(self._files)

    def read(self, name: str) -> bytes:
        """Read a file. One process answers for all of them."""
        if self._process is None:
            self._process = subprocess.Popen(
                ["git", "cat-file", "--batch"], stdin=subprocess.PIPE, stdout=subprocess.PIPE, stderr=subprocess.DEVNULL
            )
        asked, answered = self._process.stdin, self._process.stdout
        if asked is None or answered is None:
            raise StoreError(f"git does not answer for {self.name}", "try again")
        asked.write(f"{self._files[name]}\n".encode())
        asked.flush()
        head = answered.readline().split()
        if len(head) != 3:
            raise StoreError(f"{name} of {self.name} is missing in this repository", "fetch it: git fetch")
        data = answered.read(int(head[2]))
        answered.read(1)
        return data

    def close(self) -> None:
        """End the process that reads, where there is one."""
        if self._process is not None:
            self._process.communicate()
            self._process = None


def merge_base(old: str, new: str) -> str:
    """Find the commit from which two revisions went different ways; a path that the first has is kept."""
    revision, colon, path = old.partition(":")
    other = new.partition(":")[0]
    base = None if "-" in (revision[:1], other[:1]) else _git("merge-base", revision, other)
    if base is None:
        raise StoreError(f"{old} and {new} have no common commit", "correct them, or fetch more: git fetch --unshallow")
    return base.strip()[:SHORT] + colon + path


def tags(pattern: str, path: str) -> list[str]:
    """List the tags that match a pattern and have a path, the oldest first."""
    names = _git("tag", "--list", "--sort=version:refname", "--sort=creatordate", "--", pattern)
    if names is None:
        raise StoreError(
            f"{Path.cwd().name or '/'} is in no git repository, so it has no tags", "leave site.history out"
        )
    return [tag for tag in names.split() if _git("cat-file", "-e", f"{tag}:{path}") is not None]


def _git(*words: str) -> str | None:
    """Run git; None where it says no."""
    try:
        done = subprocess.run(["git", *words], capture_output=True, check=False)
    except OSError as error:
        raise StoreError(
            f"git cannot be run: {one_line(error)}", "install git, or compare files and folders"
        ) from error
    return done.stdout.decode("utf-8", "surrogateescape") if done.returncode == 0 else None
