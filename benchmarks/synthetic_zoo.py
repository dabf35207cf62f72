"""Build a site of many architectures from a few stored reports, and time it; no model is analysed.

    python benchmarks/synthetic_zoo.py REPORTS OUT [--models 1300] [--engine mkdocs --engine zensical] [--json FILE]

REPORTS is a folder of reports, such as `rfa-site/reports`. Each is staged again and again under other names, so that
pages are as large as real ones. Times are those of the engine alone, and of staging, which runs in one process here.
"Usable" is measured in Chromium: from the start of loading the index as a file until a word typed into its filter has
had its effect. The last line names the machine; compare figures of one machine only.
"""

import argparse
import json
import os
import platform
import shutil
import time
from dataclasses import replace
from pathlib import Path

from playwright.sync_api import sync_playwright

from rfa_report import store
from rfa_report.pages.zoo.index import IndexRow
from rfa_report.publish import engine, site
from rfa_report.publish.output import Output


def stage(reports: Path, output: Output, models: int) -> float:
    """Stage a site of so many models, and return the seconds that took."""
    start = time.perf_counter()
    found = [store.load(path) for path in sorted(reports.glob("*.json"))]
    rows: list[IndexRow] = []
    for number in range(models):
        report = found[number % len(found)]
        turn = number // len(found)
        name = f"{report.title}_v{turn:03}" if turn else report.title
        rows.append(site.stage_model(output.write, replace(report, slug=name.lower(), title=name)))
    site.stage_whole(output, f"{models} architectures", rows, None, None)
    return time.perf_counter() - start


def usable(index: Path) -> tuple[float, float]:
    """Return the seconds until the index can be filtered, and those that filtering takes."""
    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(
            executable_path=shutil.which("chromium"), args=["--no-sandbox", "--disable-gpu"]
        )
        page = browser.new_page()
        start = time.perf_counter()
        page.goto(index.resolve().as_uri())
        box = page.locator(".rfa-tools input[type=search]")
        box.wait_for()
        loaded = time.perf_counter()
        box.fill("resnet18")
        page.wait_for_function("document.querySelector('.rfa-tools output').textContent.includes(' of ')")
        done = time.perf_counter()
        browser.close()
    return loaded - start, done - loaded


def measured(output: Output, name: str, models: int) -> dict[str, float]:
    """Build a staged site by one engine, and measure that and what was built."""
    start = time.perf_counter()
    index = engine.build_site(output, name)
    seconds = time.perf_counter() - start
    searched = index.parent / ("search.json" if name == "zensical" else "search/search_index.json")
    loaded, filtered = usable(index)
    return {
        f"{name}, s": seconds,
        f"{name}: search index, bytes a model": searched.stat().st_size / models,
        f"{name}: index page, KB": index.stat().st_size / 1000,
        f"{name}: index usable after, s": loaded,
        f"{name}: filtered in, s": filtered,
    }


def main() -> None:
    """Print what was measured, and write it as JSON where asked to."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("reports", type=Path)
    parser.add_argument("out", type=Path)
    parser.add_argument("--models", type=int, default=1300)
    parser.add_argument("--engine", action="append", choices=list(engine.COMMANDS))
    parser.add_argument("--json", type=Path)
    options = parser.parse_args()
    figures: dict[str, float] = {}
    with Output(options.out) as output:
        figures["staging, s"] = stage(options.reports, output, options.models)
        for name in options.engine or list(engine.COMMANDS):
            figures |= measured(output, name, options.models)
    for what, value in figures.items():
        print(f"{what:40} {value:10.2f}")
    print(f"{options.models} models; {platform.machine()}, {os.cpu_count()} cores, load {os.getloadavg()[0]:.1f}")
    if options.json:
        options.json.write_text(json.dumps(figures, indent=1) + "\n", encoding="utf-8")


if __name__ == "__main__":
    main()
