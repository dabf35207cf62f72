"""What earlier builds made of models, by all that determines it: asked for again, it is read instead of computed."""

import hashlib
import json
import os
import pickle
import sys
from dataclasses import asdict
from functools import cache
from importlib.util import find_spec
from pathlib import Path

from rfa_report import assets, sources
from rfa_report.running.tasks import Task
from rfa_report.running.workers import Result
from rfa_report.shelf import Shelf
from rfa_report.sources.scheme import installed

PACKAGES = ("graphviz", "graphviz-pure", "jinja2", "markupsafe", "numpy")
"""The packages whose versions count, beside those that models are built with."""


def key(task: Task) -> str | None:
    """Digest all that determines what comes of a task; None where that cannot be known.

    Models of the user's own Python are never kept, nor is anything made with rules of theirs or inputs that a function
    of theirs makes: nobody knows all that such code depends on.
    """
    by_function = isinstance(task.inputs, str) and ":" in task.inputs
    if not sources.scheme_of(task.spec).determined or task.rules or by_function:
        return None
    switches = sorted(pair for pair in os.environ.items() if pair[0].startswith(switches_begin()))
    told = json.dumps([asdict(task), switches, tools()], sort_keys=True)
    return hashlib.sha256(told.encode()).hexdigest()


def get(shelf: Shelf, known: str) -> Result | None:
    """Read what came of a task. Entries are pickled: the folder is to be trusted as Python's `__pycache__` is."""
    data = shelf.get(known)
    result: Result | None = None if data is None else pickle.loads(data)
    return result


def put(shelf: Shelf, known: str, result: Result) -> None:
    """Keep what came of a task."""
    shelf.put(known, pickle.dumps(result))


@cache
def switches_begin() -> tuple[str, ...]:
    """Say how the environment variables begin that may change a model: as packages are called, and PyTorch twice."""
    packages = {name for scheme in sources.SCHEMES for name in (*scheme.runs_on, *scheme.packages)}
    return ("PYTORCH_", *sorted(f"{name.upper().replace('-', '_')}_" for name in packages))


@cache
def tools() -> dict[str, str]:
    """Say which code computes reports and pages, down to the files of our own and of the zoos."""
    code = {name for scheme in sources.SCHEMES for name in scheme.packages}
    ground = {name for scheme in sources.SCHEMES for name in scheme.runs_on} - code
    return {
        "Python": sys.version,
        **{name: installed(name) or "" for name in (*PACKAGES, *sorted(ground))},
        **{name: _code(name) for name in ("rfa_report", *sorted(code))},
        "templates": _digest(assets.templates(), "*.j2"),
    }


def _code(package: str) -> str:
    """Digest the Python files of a package, without importing it."""
    module = find_spec(package)
    return _digest(Path(module.origin).parent, "*.py") if module and module.origin else ""


def _digest(folder: Path, pattern: str) -> str:
    digest = hashlib.sha256()
    for path in sorted(folder.rglob(pattern)):
        if path.is_file() and "__pycache__" not in path.parts:
            digest.update(f"{path.relative_to(folder)}\0".encode() + path.read_bytes())
    return digest.hexdigest()
