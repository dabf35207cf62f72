"""What earlier builds made of models, by all that determines it: asked for again, it is read instead of computed."""

import hashlib
import json
import os
import pickle
import shutil
import sys
import zlib
from collections.abc import Iterator
from contextlib import suppress
from dataclasses import asdict, dataclass
from functools import cache
from importlib.metadata import version
from importlib.util import find_spec
from pathlib import Path

from platformdirs import user_cache_path

from rfa_report import assets, sources
from rfa_report.commands.workers import Made, Task

FOLDER = "RFA_REPORT_CACHE"
"""The environment variable that names another folder."""

CODE = ("rfa_report", "timm", "torchvision")
"""The packages whose code makes models and pages: their files count, not only their versions."""

PACKAGES = ("graphviz", "graphviz-pure", "jinja2", "markupsafe", "numpy", "torch")
"""The packages whose versions count."""

SWITCHES = ("PYTORCH_", "TIMM_", "TORCH_", "TORCHVISION_")
"""How the environment variables begin that may change a model."""


@dataclass(frozen=True, slots=True)
class Cache:
    """Keep files in one folder, a file an entry, whole or not at all; several builds may use it at once.

    Entries are pickled: the folder is to be trusted as Python's own `__pycache__` is.
    Models of the user's own Python are never kept, nor is anything made with rules of theirs: nobody knows all that
    such code depends on.
    """

    folder: Path

    def key(self, task: Task) -> str | None:
        """Digest all that determines what comes of a task; None where that cannot be known."""
        zoo = task.spec.partition(":")[0]
        if zoo not in sources.SCHEMES or task.rules:
            return None
        switches = sorted(pair for pair in os.environ.items() if pair[0].startswith(SWITCHES))
        told = json.dumps([asdict(task), switches, tools()], sort_keys=True)
        return hashlib.sha256(told.encode()).hexdigest()

    def get(self, key: str) -> Made | None:
        """Read an entry; None where there is none, or a damaged one."""
        try:
            entry: Made = pickle.loads(zlib.decompress(self._path(key).read_bytes()))
        except (OSError, zlib.error):
            return None
        return entry

    def put(self, key: str, made: Made) -> None:
        """Write an entry; a disk that is full or read-only only means that nothing is kept."""
        path = self._path(key)
        temporary = path.with_suffix(f".{os.getpid()}")
        try:
            path.parent.mkdir(parents=True, exist_ok=True)
            temporary.write_bytes(zlib.compress(pickle.dumps(made), 1))
            temporary.replace(path)
        except OSError:
            with suppress(OSError):
                temporary.unlink()

    def entries(self) -> Iterator[Path]:
        """List the files of all entries."""
        return (path for path in self.folder.glob("??/*") if path.is_file())

    def clear(self) -> None:
        """Forget everything."""
        for shelf in self.folder.glob("??"):
            shutil.rmtree(shelf, ignore_errors=True)

    def _path(self, key: str) -> Path:
        return self.folder / key[:2] / f"{key[2:]}.z"


def users() -> Cache:
    """Return the user's cache."""
    named = os.environ.get(FOLDER)
    return Cache(Path(named) if named else user_cache_path("rfa_report"))


@cache
def tools() -> dict[str, str]:
    """Say which code computes reports and pages, down to the files of our own and of the zoos."""
    return {
        "Python": sys.version,
        **{name: version(name) for name in PACKAGES},
        **{name: _code(name) for name in CODE},
        "templates": _digest(assets.templates(), "*.j2"),
    }


def _code(package: str) -> str:
    """Digest the Python files of a package, without importing it."""
    found = find_spec(package)
    return _digest(Path(found.origin).parent, "*.py") if found and found.origin else ""


def _digest(folder: Path, pattern: str) -> str:
    digest = hashlib.sha256()
    for path in sorted(folder.rglob(pattern)):
        if path.is_file() and "__pycache__" not in path.parts:
            digest.update(f"{path.relative_to(folder)}\0".encode() + path.read_bytes())
    return digest.hexdigest()
