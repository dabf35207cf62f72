"""DOT -> positions: runs the Graphviz engine with a time limit and reads its JSON."""

import hashlib
import json
import shutil
import subprocess
import sys
import sysconfig
from collections.abc import Mapping
from dataclasses import dataclass
from functools import lru_cache
from importlib.metadata import PackageNotFoundError, version
from pathlib import Path
from typing import Any

from rfa_report.core.errors import LayoutError, one_line
from rfa_report.shelf import users

ENGINE = "graphviz-pure"
INSTALL = f"pip install {ENGINE}"
TIMEOUT = 30.0
"""Seconds that a graph may take."""


@dataclass(frozen=True, slots=True)
class Box:
    """The place of a node or a frame: left, top, width and height in pixels, from the top left of the drawing."""

    x: float
    y: float
    width: float
    height: float


@dataclass(frozen=True, slots=True)
class Curve:
    """The course of an edge: a start and cubic Bézier points in threes; `tip` is where the arrow points."""

    tail: str
    head: str
    points: tuple[tuple[float, float], ...]
    tip: tuple[float, float]


@dataclass(frozen=True, slots=True)
class Layout:
    """The positions of everything in a graph, in pixels, nodes and frames by their names in DOT."""

    width: float
    height: float
    nodes: Mapping[str, Box]
    frames: Mapping[str, Box]
    curves: tuple[Curve, ...]


def recalled(source: str) -> Layout:
    """Place a graph, or recall where an earlier run placed it: positions follow from the DOT and the engine alone."""
    try:
        engine = f"{ENGINE} {version(ENGINE)}"
    except PackageNotFoundError:  # an engine of an unknown version
        return lay_out(source)
    shelf, key = users(), hashlib.sha256(f"{engine}\0{source}".encode()).hexdigest()
    if known := shelf.get(key):
        return parse(known.decode())
    drawn = _drawn(source, TIMEOUT)
    layout = parse(drawn)
    shelf.put(key, drawn.encode())
    return layout


def lay_out(source: str, *, timeout: float = TIMEOUT) -> Layout:
    """Place a graph. Raises `LayoutError` where the engine is missing, fails, or needs more than `timeout` seconds."""
    return parse(_drawn(source, timeout))


def _drawn(source: str, timeout: float) -> str:
    try:
        done = subprocess.run(
            [_engine(), "-Kdot", "-Tjson0", "-q"],
            input=source,
            capture_output=True,
            text=True,
            encoding="utf-8",
            timeout=timeout,
            check=False,
        )
    except subprocess.TimeoutExpired as error:
        raise LayoutError(
            f"the graph was not laid out within {timeout:g} s", "report this with the model's spec"
        ) from error
    except OSError as error:
        raise LayoutError(f"{ENGINE} cannot be run: {one_line(error)}", f"install it again: {INSTALL}") from error
    if done.returncode or not done.stdout.strip():
        said = " ".join(done.stderr.split())[:200] or f"exit code {done.returncode}"
        raise LayoutError(f"{ENGINE} could not lay out the graph: {said}", "report this with the model's spec")
    return done.stdout


def parse(text: str) -> Layout:
    """Read what Graphviz writes as `json0`. Raises `LayoutError` for anything else."""
    try:
        plain = json.loads(text)
        _, _, width, height = _numbers(plain["bb"])
        objects = {item["_gvid"]: item for item in plain.get("objects", ())}
        return Layout(
            width=width,
            height=height,
            nodes={item["name"]: _node(item, height) for item in objects.values() if "pos" in item},
            frames={item["name"]: _frame(item, height) for item in objects.values() if "bb" in item},
            curves=tuple(_curve(item, objects, height) for item in plain.get("edges", ()) if "pos" in item),
        )
    except (ValueError, KeyError, TypeError, AttributeError) as error:
        raise LayoutError(
            f"{ENGINE} wrote something unexpected: {one_line(error)}", f"install the pinned version of {ENGINE}"
        ) from error


@lru_cache(maxsize=1)
def _engine() -> str:
    """Find the executable beside this Python, then on the path. Raises `LayoutError`."""
    places = (sysconfig.get_path("scripts"), str(Path(sys.executable).parent), None)
    for place in places:
        program = shutil.which(ENGINE, path=place)
        if program:
            return program
    raise LayoutError(f"the layout engine {ENGINE} is not installed", f"install it: {INSTALL}")


def _numbers(text: str) -> list[float]:
    return [float(number) for number in text.split(",")]


def _node(item: Mapping[str, Any], height: float) -> Box:
    x, y = _numbers(item["pos"])
    wide, high = 72 * float(item["width"]), 72 * float(item["height"])
    return Box(x - wide / 2, height - y - high / 2, wide, high)


def _frame(item: Mapping[str, Any], height: float) -> Box:
    left, bottom, right, top = _numbers(item["bb"])
    return Box(left, height - top, right - left, top - bottom)


def _curve(item: Mapping[str, Any], objects: Mapping[int, Mapping[str, Any]], height: float) -> Curve:
    tip: tuple[float, float] | None = None
    points: list[tuple[float, float]] = []
    for part in item["pos"].split():
        x, y = _numbers(part.removeprefix("e,").removeprefix("s,"))
        if part.startswith("e,"):
            tip = (x, height - y)
        elif not part.startswith("s,"):
            points.append((x, height - y))
    return Curve(objects[item["tail"]]["name"], objects[item["head"]]["name"], tuple(points), tip or points[-1])
