"""Options that several commands share."""

import json
from collections.abc import Callable
from functools import reduce
from pathlib import Path
from typing import Any, TypeVar

import click

from rfa_report.core.errors import RfaError

F = TypeVar("F", bound=Callable[..., Any])

CONFIG = Path("rfa-report.toml")

config_option = click.option(
    "-c", "--config", type=click.Path(path_type=Path), default=CONFIG, show_default=True, help="The configuration file."
)
out_option = click.option(
    "--out", type=click.Path(path_type=Path), help="The output folder, instead of the one in the configuration."
)
shape_option = click.option(
    "--format", "shape", type=click.Choice(["terminal", "markdown", "html", "json", "github", "junit"]),
    default="terminal", show_default=True, help="Format of the result; html makes a site in the folder --output.",
)  # fmt: skip
output_option = click.option(
    "-o", "--output", type=click.Path(path_type=Path), help="Write to this file, even if nothing differs."
)
strict_option = click.option("--strict", is_flag=True, help="Exit with 1 if a layer cannot be judged.")
rules_option = click.option(
    "--rules",
    "rules",
    multiple=True,
    metavar="FILE.py:BOOK",
    help="Your own rules for operators; may be given several times.",
)
model_options = (
    click.option("--channels", type=int, show_default="what the model was made for", help="Input channels."),
    click.option("--images", type=int, show_default="1, optical flow 2", help="How many images the model takes."),
    click.option(
        "--input", "inputs", multiple=True, metavar="[NAME=]PATTERN", callback=lambda _, __, given: _inputs(given),
        help="What the model takes instead of images: '1 h w 3', 'int 1 l', quarter='1 1 h/4 w/4' by keyword, "
             "batch.image='1 3 h w' in a dictionary, or nets.py:inputs, a function of the resolution; may be given "
             "several times.",
    ),
    click.option(
        "--size-argument", metavar="NAME",
        help="Argument of the constructor that takes the resolution, such as img_size: it is built anew for each. Left "
             "out, models of zoos are built anew for resolutions that they refuse; with '' none is.",
    ),
    rules_option,
    click.option(
        "--arg", "arguments", multiple=True, metavar="KEY=VALUE", callback=lambda _, __, given: _arguments(given),
        help="Keyword argument of the constructor; numbers, true and false are understood.",
    ),
)  # fmt: skip


def of_models(command: F) -> F:
    """Add the options that say how a model is analysed."""
    return reduce(lambda wrapped, option: option(wrapped), reversed(model_options), command)


def _inputs(given: tuple[str, ...]) -> str | dict[str, str] | None:
    if len(given) == 1 and ":" in given[0]:
        return given[0]
    pairs = [text.rpartition("=") for text in given]
    return {name or str(i): pattern for i, (name, _, pattern) in enumerate(pairs)} or None


def _arguments(given: tuple[str, ...]) -> dict[str, object]:
    arguments: dict[str, object] = {}
    for text in given:
        key, equals, value = text.partition("=")
        if not equals or not key.isidentifier():
            raise RfaError(f"--arg {text} is no KEY=VALUE", "write for example --arg width_per_group=128")
        try:
            arguments[key] = json.loads(value)
        except ValueError:
            arguments[key] = value
    return arguments
