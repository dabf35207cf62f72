"""Measure the pages and graphs of a built site: bytes, seconds of layout, widths.

    python benchmarks/pages.py rfa-site [--json FILE]

Bytes are those of the finished pages (before any compression by a server) and of the graph fragments; a node's share
counts everything in a fragment: edges, titles, definitions. Layout is timed anew from the stored DOT, one graph after
the other, process start included. A graph counts as readable where a screen of 1440 pixels shows its whole width at
full size: at most `READABLE` pixels.
"""

import argparse
import json
import re
import statistics
import time
from pathlib import Path

from rfa_report.drawing.graph.placement import lay_out

READABLE = 1280
"""What a page leaves to a graph on a screen of 1440 pixels."""


def median_and_largest(values: dict[str, float]) -> str:
    """Write the median and the largest of some values, with the name of the largest."""
    name = max(values, key=lambda key: values[key])
    return f"median {statistics.median(values.values()):10.6g}   largest {values[name]:10.6g} ({name})"


def main() -> None:
    """Print a table, and write all figures as JSON where asked to."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("site", type=Path)
    parser.add_argument("--json", type=Path)
    options = parser.parse_args()
    found: dict[str, dict[str, float]] = {"page, KB": {}, "layer table, KB": {}, "graphs, KB": {}, "bytes a node": {}}
    for page in sorted((options.site / "site" / "models").glob("*.html")):
        found["page, KB"][page.stem] = page.stat().st_size / 1000
    fragments = options.site / "theme" / "fragments"
    for file in sorted(fragments.glob("*.graph.html")):
        name, size = file.name.removesuffix(".graph.html"), file.stat().st_size
        nodes = sum(map(int, re.findall(r'data-nodes="(\d+)"', file.read_text(encoding="utf-8"))))
        found["graphs, KB"][name] = size / 1000
        found["bytes a node"][name] = size / nodes
        found["layer table, KB"][name] = (fragments / f"{name}.layers.html").stat().st_size / 1000
    found["layout, s"], found["graph width, px"] = {}, {}
    for file in sorted((options.site / "graphs").glob("*.dot")):
        start = time.perf_counter()
        layout = lay_out(file.read_text(encoding="utf-8"))
        found["layout, s"][file.stem] = time.perf_counter() - start
        found["graph width, px"][file.stem] = layout.width
    print(f"{len(found['page, KB'])} pages, {len(found['layout, s'])} graphs")
    for what, values in found.items():
        print(f"{what:18} {median_and_largest(values)}")
    wide = sorted(name for name, width in found["graph width, px"].items() if width > READABLE)
    print(f"wider than {READABLE} px: {', '.join(wide) or 'none'}")
    if options.json:
        options.json.write_text(json.dumps(found, indent=1) + "\n", encoding="utf-8")


if __name__ == "__main__":
    main()
