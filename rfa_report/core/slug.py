"""File and anchor names that are safe everywhere."""

import re
import unicodedata


def slugify(name: str) -> str:
    """Turn a name into lower-case ASCII letters, digits, `-` and `_`, at most 80 characters."""
    plain = unicodedata.normalize("NFKD", name).encode("ascii", "ignore").decode()
    return re.sub(r"[^a-z0-9_]+", "-", plain.lower()).strip("-")[:80] or "model"


def anchor(layer_id: str) -> str:
    """Turn a layer id into the anchor of its row: `layer1.0.conv1#0` -> `layer-layer1.0.conv1-0`."""
    return "layer-" + re.sub(r"[^A-Za-z0-9_.-]", "-", layer_id)
