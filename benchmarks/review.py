"""Time `rfa-report diff` of two zoos of 300 models, of two that are equal, and say how large reports are.

    python benchmarks/review.py FOLDER

FOLDER holds reports, as `rfa-report build` writes them; they are copied under other names until there are 300. In the
other zoo the first layer of every model has another stride, and every size and number that follows is another one.
In a third, one model in ten is such. The time is that of the wall; a large zoo is compared on all cores.
"""

import argparse
import resource
import shutil
import subprocess
import sys
import tempfile
import time
import zlib
from dataclasses import replace
from pathlib import Path

from rfa_report import store
from rfa_report.core.layer import Layer
from rfa_report.core.report import ModelReport, ResolutionReport

MODELS = 300


def changed(report: ModelReport) -> ModelReport:
    """Change the first stride of a model, and all that follows."""
    return replace(report, resolutions=tuple(map(_changed_at, report.resolutions)))


def _changed_at(at: ResolutionReport) -> ResolutionReport:
    layers = tuple(_changed_layer(layer, first=not place) for place, layer in enumerate(at.layers))
    return replace(at, layers=layers, macs=4 * at.macs, productive_depth=max(at.productive_depth - 1, 0))


def _changed_layer(layer: Layer, *, first: bool) -> Layer:
    window = layer.window
    if first and window:
        window = replace(window, stride={axis: step + 1 for axis, step in window.stride.items()})
    sizes = {
        name: {axis: value and 2 * value + 1 for axis, value in getattr(layer, name).items()}
        for name in ("rf_min", "rf_max", "jump")
    }
    return replace(layer, window=window, **sizes)


def main() -> None:
    """Make both zoos, compare them, and print a table."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("reports", type=Path)
    files = sorted(
        path for path in parser.parse_args().reports.glob("*.json") if '"arguments"' in path.read_text()[:200]
    )
    size = sum(len(path.read_bytes()) for path in files) / len(files) / 1e3
    packed = sum(len(zlib.compress(path.read_bytes())) for path in files) / len(files) / 1e3
    print(f"{len(files)} reports: {size:.0f} kB each, {packed:.0f} kB as git packs them")
    with tempfile.TemporaryDirectory() as folder:
        old, new, some = (Path(folder) / name for name in ("old", "new", "some"))
        for made in (old, new, some):
            made.mkdir()
        for number in range(MODELS):
            report = replace(store.load(files[number % len(files)]), slug=f"m{number}", title=f"m{number}")
            (old / f"m{number}.json").write_text(store.dumps(report), encoding="utf-8")
            (new / f"m{number}.json").write_text(store.dumps(changed(report)), encoding="utf-8")
            shutil.copy((old if number % 10 else new) / f"m{number}.json", some)
        for name, new_side in (
            ("every layer of all different", new),
            ("one model in ten different", some),
            ("equal", old),
        ):
            start = time.perf_counter()
            done = subprocess.run(
                [sys.executable, "-m", "rfa_report", "diff", str(old), str(new_side)], capture_output=True, check=False
            )
            seconds, most = time.perf_counter() - start, resource.getrusage(resource.RUSAGE_CHILDREN).ru_maxrss
            print(
                f"{name}: exit code {done.returncode}, {len(done.stdout)} characters, {seconds:.1f} s, "
                f"largest process {most / 1024:.0f} MB"
            )


if __name__ == "__main__":
    main()
