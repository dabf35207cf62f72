"""Keep what surrounds a model's constructor or forward pass out of the modules that it imports."""

import importlib._bootstrap
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from typing import Any

import torch
from torch.utils._python_dispatch import _disable_current_modes


@contextmanager
def plain_imports() -> Iterator[None]:
    """Run the body of every module that is imported in this context as if the import stood at the top of a file.

    A table that a library makes while it is imported lives as long as the process: it must neither land on the device
    of a context, nor lose its numbers, nor be recorded. Statements and `import_module` both end in the function that
    is replaced here, and only for modules that are not loaded yet.
    """
    bootstrap: Any = importlib._bootstrap
    find: Callable[[str, Any], Any] = bootstrap._find_and_load
    importing = False

    def plainly(name: str, import_: Any) -> Any:
        nonlocal importing
        if importing:
            return find(name, import_)
        importing = True
        try:
            with torch.device("cpu"), _disable_current_modes():
                return find(name, import_)
        finally:
            importing = False

    bootstrap._find_and_load = plainly
    try:
        yield
    finally:
        bootstrap._find_and_load = find
