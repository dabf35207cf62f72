"""A zoo of the user's own whose models take a moment each: long enough to disturb a build at any stage of it."""

import json
from pathlib import Path

NETS = """
import time
from torch import nn

def net(width=4, seconds=0.0):
    time.sleep(seconds)
    return nn.Sequential(nn.Conv2d(3, width, 3), nn.ReLU(), nn.MaxPool2d(2), nn.Conv2d(width, 4, 3, 2))
"""


def write(folder: Path, count: int, seconds: float) -> None:
    """Write models that differ in width only, and a configuration for them."""
    folder.mkdir()
    (folder / "nets.py").write_text(NETS)
    entries = [
        f'[[models]]\nspec = "nets.py:net"\nname = "Net {width}"\n'
        f"arguments = {{ width = {width}, seconds = {seconds} }}\n"
        for width in range(1, count + 1)
    ]
    (folder / "rfa-report.toml").write_text("resolutions = [16, 32]\n\n" + "\n".join(entries))


def files(folder: Path) -> dict[str, bytes]:
    """Read all that a build gives its readers."""
    out = folder / "rfa-site"
    found = {path.relative_to(out): path for path in out.rglob("*") if path.is_file()}
    return {str(name): path.read_bytes() for name, path in found.items() if not name.parts[0].startswith(".rfa-report")}


def readable(out: Path, count: int) -> None:
    """Check that every page and every report is whole, and that every model that the index lists has its page."""
    for path in out.rglob("*.html"):
        if "site" in path.relative_to(out).parts[:1]:
            assert path.read_text(encoding="utf-8").rstrip().endswith("</html>"), path
    for path in (out / "reports").glob("*.json"):
        json.loads(path.read_text(encoding="utf-8"))
    index = (out / "site" / "index.html").read_text(encoding="utf-8")
    for width in range(1, count + 1):
        assert f"models/net-{width}.html" in index
        assert (out / "site" / "models" / f"net-{width}.html").is_file()
