"""`rfa-report serve`: build, then serve the site and reload its pages when they change."""

import os
import signal
import subprocess
import sys
from pathlib import Path

import click

from rfa_report.commands.build import BuildSummary, build
from rfa_report.config import Config
from rfa_report.running.outcomes import Options


def serve(config: Config, config_path: Path, out: Path | None, address: str) -> BuildSummary:
    """Build a site and serve it until interrupted; MkDocs reloads the pages of a later build into the same folder."""
    built = build(config, config_path, out, Options())
    assert built.index, "a build with its site has a first page"
    root = built.index.parent.parent
    command = [
        sys.executable,
        "-m",
        "mkdocs",
        "serve",
        "--livereload",
        "--quiet",
        "-f",
        str(root / "mkdocs.yml"),
        "-a",
        address,
    ]
    click.echo(f"serving http://{address}/ until Ctrl-C; run `rfa-report build` again to see changes")
    signal.signal(signal.SIGTERM, lambda *_: sys.exit(143))  # so that the server below ends with this process
    try:
        subprocess.run(command, env={**os.environ, "NO_MKDOCS_2_WARNING": "1"}, check=False)
    except KeyboardInterrupt:
        click.echo("stopped")
    return built
