"""Read a configuration; every error carries the path of its key and a next step."""

import tomllib
from difflib import get_close_matches
from pathlib import Path
from types import UnionType
from typing import Any, get_args

from pydantic import BaseModel, ValidationError

from rfa_report.config.keys import Config
from rfa_report.core.errors import ConfigError, one_line


def load(path: Path) -> Config:
    """Read a configuration file. Raises `ConfigError`."""
    try:
        text = path.read_text(encoding="utf-8")
    except FileNotFoundError:
        raise ConfigError(
            f"there is no configuration {path}", "create it with `rfa-report init`, or name another with -c"
        ) from None
    except (OSError, UnicodeDecodeError) as error:
        raise ConfigError(f"{path} cannot be read: {one_line(error)}", "make it a readable UTF-8 text file") from error
    try:
        plain = tomllib.loads(text)
    except tomllib.TOMLDecodeError as error:
        raise ConfigError(f"{path} is not valid TOML: {one_line(error)}", "correct that line") from error
    return parse(plain, str(path))


def parse(plain: dict[str, Any], name: str) -> Config:
    """Validate the content of a configuration. Raises `ConfigError` for its first mistake."""
    try:
        return Config.model_validate(plain)
    except ValidationError as error:
        problems = error.errors()
        first = next((e for e in problems if e["type"] == "extra_forbidden"), problems[0])
        where = _path(first["loc"])
        if first["type"] == "extra_forbidden":
            raise ConfigError(f"{name}: unknown key {where}", _offer(first["loc"])) from None
        if first["type"] == "missing" or (where == "models" and first["type"] == "too_short"):
            raise ConfigError(
                f"{name}: {where} is missing or empty",
                'name at least one: models = ["nets.py:make_net"]' if where == "models" else f"set {where}",
            ) from None
        said = first["msg"].removeprefix("Value error, ")
        given = "" if first["type"] == "value_error" else f", not {first['input']!r}"
        raise ConfigError(f"{name}: {where}: {one_line(Exception(said))}{given[:80]}", "correct the value") from None


def _path(location: tuple[int | str, ...]) -> str:
    text = ""
    for part in location:
        text += f"[{part}]" if isinstance(part, int) else f".{part}" if text else part
    return text


def _offer(location: tuple[int | str, ...]) -> str:
    """Offer the nearest known key of the table in which an unknown one stands."""
    table: type[BaseModel] = Config
    for part in location[:-1]:
        if isinstance(part, str) and part in table.model_fields:
            tables = _tables(table.model_fields[part].annotation)
            table = tables[0] if tables else table
    known = [field.alias or name for name, field in table.model_fields.items()]
    close = get_close_matches(str(location[-1]), known, n=1, cutoff=0.5)
    return f"did you mean {close[0]}?" if close else f"known keys are {', '.join(known)}"


def _tables(annotation: Any) -> list[type[BaseModel]]:
    if isinstance(annotation, type) and not isinstance(annotation, UnionType):
        return [annotation] if issubclass(annotation, BaseModel) else []
    return [table for part in get_args(annotation) for table in _tables(part)]
