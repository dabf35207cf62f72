"""Time the analysis of a model against the bare meta forward pass of the same model, in one run.

    python benchmarks/analysis.py [--json FILE] [NAME ...]

Analysis is recording, propagation and verdicts at 224 px of a model that is already built. Each ratio is the best of
several alternating rounds, so that a noisy machine disturbs both sides alike. The last line is the peak memory of the
process.
"""

import argparse
import json
import resource
import statistics
import time
from collections.abc import Callable
from pathlib import Path

import torch

from rfa_report import tracing
from rfa_report.analysis import report_at
from rfa_report.rules import BOOK
from rfa_report.sources import torchvision_zoo

ARCHITECTURES = (
    "torchvision:alexnet",
    "torchvision:vgg16",
    "torchvision:squeezenet1_1",
    "torchvision:resnet18",
    "torchvision:resnet50",
    "torchvision:resnet152",
    "torchvision:resnext101_32x8d",
    "torchvision:wide_resnet50_2",
    "torchvision:googlenet",
    "torchvision:inception_v3",
    "torchvision:densenet121",
    "torchvision:densenet201",
    "torchvision:mobilenet_v2",
    "torchvision:mobilenet_v3_large",
    "torchvision:mnasnet1_0",
    "torchvision:shufflenet_v2_x1_0",
    "torchvision:regnet_y_8gf",
    "torchvision:efficientnet_b0",
    "torchvision:efficientnet_v2_l",
    "torchvision:convnext_tiny",
    "torchvision:vit_b_16",
    "torchvision:swin_t",
    "torchvision:swin_b",
    "torchvision:swin_v2_b",
    "torchvision:maxvit_t",
)
SIZE = (224, 224)


def seconds(run: Callable[[], object]) -> float:
    """Time one call."""
    start = time.process_time()
    run()
    return time.process_time() - start


def measure(spec: str, rounds: int) -> tuple[float, float]:
    """Return the best times of the bare forward pass and of the analysis, in seconds."""
    model = tracing.build(torchvision_zoo.find(spec.partition(":")[2], {}).factory, spec)
    shape = (1, 3, *SIZE)

    def bare() -> None:
        with torch.no_grad():
            model.meta(torch.zeros(shape, device="meta"))

    def analysis() -> None:
        report_at(tracing.trace(model, shape), SIZE, BOOK)

    bare()
    analysis()
    times = [(seconds(bare), seconds(analysis)) for _ in range(rounds)]
    return min(t[0] for t in times), min(t[1] for t in times)


def main() -> None:
    """Print a table, and write it as JSON where asked to."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("names", nargs="*", default=ARCHITECTURES)
    parser.add_argument("--rounds", type=int, default=3)
    parser.add_argument("--json", type=Path)
    options = parser.parse_args()
    rows = {}
    print(f"{'architecture':32} {'forward':>9} {'analysis':>9} {'ratio':>6}")
    for spec in options.names:
        bare, analysis = measure(spec, options.rounds)
        rows[spec] = {"forward_s": bare, "analysis_s": analysis, "ratio": analysis / bare}
        print(f"{spec:32} {bare:8.3f}s {analysis:8.3f}s {analysis / bare:6.2f}", flush=True)
    ratios = [row["ratio"] for row in rows.values()]
    peak = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 2**20
    print(
        f"geometric mean {statistics.geometric_mean(ratios):.2f}, largest {max(ratios):.2f}, peak memory {peak:.2f} GB"
    )
    if options.json:
        options.json.write_text(json.dumps(rows, indent=2) + "\n", encoding="utf-8")


if __name__ == "__main__":
    main()
