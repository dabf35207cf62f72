"""Measure the process that analyses a whole zoo: its time and its peak memory, and what came of the models.

python benchmarks/coverage.py [torchvision | timm | timm:resnet*]
"""

import argparse
import json
import resource
import subprocess
import sys
import tempfile
from collections import Counter


def main() -> None:
    """Print one line."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("zoo", nargs="?", default="torchvision")
    zoo = parser.parse_args().zoo
    with tempfile.TemporaryFile("w+") as rows:
        command = [sys.executable, "-m", "rfa_report", "coverage", zoo, "--json"]
        done = subprocess.run(command, stdout=rows, stderr=subprocess.DEVNULL, check=False)
        rows.seek(0)
        statuses = Counter(json.loads(row)["status"] for row in rows)
    used = resource.getrusage(resource.RUSAGE_CHILDREN)
    told = ", ".join(f"{count} {status}" for status, count in statuses.most_common())
    print(
        f"{zoo}: {statuses.total()} models ({told}), exit {done.returncode}, "
        f"{used.ru_utime + used.ru_stime:.0f} s of one core, peak memory {used.ru_maxrss / 2**20:.2f} GB"
    )


if __name__ == "__main__":
    main()
