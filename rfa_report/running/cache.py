"""What earlier builds made of models, by all that determines it: asked for again, it is read instead of computed."""

import hashlib
import json
import os
import pickle
import sys
from dataclasses import asdict
from functools import cache
from importlib.metadata import version
from importlib.util import find_spec
from pathlib import Path

from rfa_report import assets, sources
from rfa_report.running.tasks import Task
from rfa_report.running.workers import Made
from rfa_report.shelf import Shelf

CODE = ("rfa_report", "timm", "torchvision")
"""The packages whose code makes models and pages: their files count, not only their versions."""

PACKAGES = ("graphviz", "graphviz-pure", "jinja2", "markupsafe", "numpy", "torch")
"""The packages whose versions count."""

SWITCHES = ("PYTORCH_", "TIMM_", "TORCH_", "TORCHVISION_")
"""How the environment variables begin that may change a model."""


def key(task: Task) -> str | None:
    """Digest all that determines what comes of a task; None where that cannot be known.

    Models of the user's own Python are never kept, nor is anything made with rules of theirs: nobody knows all that
    such code depends on.
    """
    zoo = task.spec.partition(":")[0]
    if zoo not in sources.SCHEMES or task.rules:
        return None
    switches = sorted(pair for pair in os.environ.items() if pair[0].startswith(SWITCHES))
    told = json.dumps([asdict(task), switches, tools()], sort_keys=True)
    return hashlib.sha256(told.encode()).hexdigest()


def get(shelf: Shelf, known: str) -> Made | None:
    """Read what came of a task. Entries are pickled: the folder is to be trusted as Python's `__pycache__` is."""
    data = shelf.get(known)
    made: Made | None = None if data is None else pickle.loads(data)
    return made


def put(shelf: Shelf, known: str, made: Made) -> None:
    """Keep what came of a task."""
    shelf.put(known, pickle.dumps(made))


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
