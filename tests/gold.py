"""Gold files: text that was looked at once and must not change unseen."""

import os
from pathlib import Path

FOLDER = Path(__file__).parent / "gold"
ACTUAL = FOLDER / "actual"
"""Where text that differs is written, to be looked at; ignored by git."""


def check(name: str, found: str) -> None:
    """Compare text with the gold file of that name; `RFA_UPDATE_GOLD=1` writes the file anew instead."""
    path = FOLDER / name
    if os.environ.get("RFA_UPDATE_GOLD"):
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(found, encoding="utf-8")
    wanted = path.read_text(encoding="utf-8") if path.is_file() else ""
    if found != wanted:
        ACTUAL.mkdir(parents=True, exist_ok=True)
        (ACTUAL / path.name).write_text(found, encoding="utf-8")
    assert found == wanted, f"differs from tests/gold/{name}; see {ACTUAL / path.name}, update with RFA_UPDATE_GOLD=1"
