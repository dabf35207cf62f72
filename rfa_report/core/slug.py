"""File and anchor names that are safe everywhere."""

import re
import unicodedata
from hashlib import sha256

LOST = 8
"""Hexadecimal digits that stand for the letters which a slug cannot write."""


def slugify(name: str) -> str:
    """Turn a name into lower-case ASCII letters, digits, `-` and `_`, at most 80 characters.

    Where letters of another script are lost, digits made of the whole name follow, so that names which differ only
    there keep apart: `模型-1` and `图-1` both begin with `1-`. Accents go: `Café` is `cafe`.
    """
    split = unicodedata.normalize("NFKD", name.lower())
    plain = re.sub(r"[^a-z0-9_]+", "-", split.encode("ascii", "ignore").decode().lower()).strip("-")
    if not any(map(_foreign, split)) and (plain or name.isascii()):
        return plain[:80] or "model"
    mark = sha256(split.encode()).hexdigest()[:LOST]
    return f"{plain[: 79 - LOST].strip('-') or 'model'}-{mark}"


def _foreign(letter: str) -> bool:
    return letter.isalnum() and not letter.isascii() and not unicodedata.name(letter, "").startswith("LATIN")


def anchor(layer_id: str) -> str:
    """Turn a layer id into the anchor of its row: `layer1.0.conv1#0` -> `layer-layer1.0.conv1-0`."""
    return "layer-" + re.sub(r"[^A-Za-z0-9_.-]", "-", layer_id)
