"""MkDocs and Zensical: the settings they are given, and how they are run."""

import html
import os
import re
import shutil
import subprocess
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from errno import ENOSPC
from importlib.metadata import version
from importlib.util import find_spec
from pathlib import Path
from typing import Any

import yaml

from rfa_report.core.errors import ConfigError, OutputError, one_line
from rfa_report.publish.output import FULL, Output, writing

EPOCH = "315532800"
"""1980-01-01, the first day that a zip archive can hold: the build date of every site unless the caller set one."""


COMMANDS = {"mkdocs": ["--quiet"], "zensical": ["--clean"]}
"""What each engine is told besides."""


class _Tagged(yaml.YAMLObject):
    """A node with a tag of MkDocs' own (`!ENV`, `!!python/name:`), carried through unread."""

    def __init__(self, node: yaml.Node) -> None:
        self.node = node


class _Loader(yaml.SafeLoader):
    """A reader of YAML that leaves foreign tags alone."""


class _Dumper(yaml.SafeDumper):
    """A writer of YAML that puts foreign tags back."""


def _keep_node(loader: yaml.SafeLoader, suffix: str, node: yaml.Node) -> _Tagged:
    return _Tagged(node)


_Loader.add_multi_constructor("!", _keep_node)
_Loader.add_multi_constructor("tag:yaml.org,2002:python/", _keep_node)
_Dumper.add_representer(_Tagged, lambda dumper, tagged: tagged.node)


def read(path: Path) -> dict[str, Any]:
    """Read a hand-written mkdocs.yml. Raises `ConfigError`."""
    try:
        plain = yaml.load(path.read_text(encoding="utf-8"), Loader=_Loader)
    except (OSError, UnicodeDecodeError, yaml.YAMLError) as error:
        raise ConfigError(
            f"{path} cannot be read: {one_line(error)}", "correct it, or what site.mkdocs names"
        ) from error
    if not isinstance(plain, dict):
        raise ConfigError(f"{path} holds no settings", "write at least `site_name:` into it")
    return plain


def settings(ours: dict[str, Any], theirs: dict[str, Any], title: str, url: str | None) -> dict[str, Any]:
    """Derive the settings of a site from ours and a user's: theirs win, lists and tables of both are put together."""
    merged = _merged(ours, theirs)
    theme = merged["theme"] if isinstance(merged.get("theme"), dict) else {"name": merged.get("theme", "material")}
    return {
        **merged,
        "site_name": _markup(title),
        **({"site_url": url} if url else {}),
        "docs_dir": "docs",
        "site_dir": "site",
        "theme": {**theme, "custom_dir": "theme"},
    }


def _markup(title: str) -> str:
    """Escape what the themes of both engines write into their pages as it is; `&` only where it would be read."""
    return re.sub(r'[<>"]|&(?=#?\w+;)', lambda match: html.escape(match[0]), title)


def _merged(ours: Any, theirs: Any) -> Any:
    if isinstance(ours, dict) and isinstance(theirs, dict):
        return {key: _merged(ours.get(key), theirs.get(key)) for key in {**ours, **theirs}}
    if isinstance(ours, list) and isinstance(theirs, list):
        return ours + [item for item in theirs if item not in ours]
    return ours if theirs is None else theirs


def dump(plain: dict[str, Any]) -> str:
    """Write settings as YAML."""
    return yaml.dump(plain, Dumper=_Dumper, sort_keys=False, allow_unicode=True, width=120)


def build_site(output: Output, engine: str = "mkdocs") -> Path:
    """Run MkDocs or Zensical on a staged folder and return the first page; a site of the same files is left as it is.

    Raises `OutputError` with what the engine said.
    """
    if find_spec(engine) is None:
        raise OutputError(f"{engine} is not installed", f"install it: pip install 'rfa_report[{engine}]'")
    environment = {"SOURCE_DATE_EPOCH": EPOCH, **os.environ, "NO_MKDOCS_2_WARNING": "1"}
    versions = [f"{name} {version(name)}" for name in (engine, "mkdocs-material")]
    digest = output.made(" ".join([*versions, environment["SOURCE_DATE_EPOCH"]]))
    index = output.root / "site" / "index.html"
    if output.has_site(digest):
        return index
    new = output.work / "site"
    with _settings(output.root, engine, str(new.relative_to(output.root))) as file:
        done = subprocess.run(
            [sys.executable, "-m", engine, "build", "--strict", *COMMANDS[engine], "-f", file],
            cwd=output.root,
            env=environment,
            capture_output=True,
            text=True,
            check=False,
        )
    if done.returncode or not (new / "index.html").is_file():
        said = done.stderr or done.stdout
        if (full := os.strerror(ENOSPC)) in said:
            raise OutputError(f"{new} cannot be written: {full}", FULL)
        raise OutputError(
            f"{engine} could not build {output.root}: {one_line(Exception(said), 600)}",
            f"try `{engine} build -f {output.root}/mkdocs.yml`",
        )
    output.publish(new, digest)
    return index


@contextmanager
def _settings(root: Path, engine: str, site: str) -> Iterator[str]:
    """Name settings that build into another folder: Zensical takes that from the settings alone."""
    file = root / f".{engine}.yml"
    try:
        with writing(file):
            file.write_text(dump({**read(root / "mkdocs.yml"), "site_dir": site}), encoding="utf-8")
        yield file.name
    finally:
        file.unlink(missing_ok=True)
        shutil.rmtree(root / ".cache", ignore_errors=True)  # Zensical's, which it is told to build anew each time
