"""Commands that make a site: `init`, `build`, `serve`, `cache`."""

import json
import sys
from pathlib import Path

import click

from rfa_report.cli.options import config_option, out_option, strict_option
from rfa_report.config import load
from rfa_report.shelf import users


@click.command()
@click.option("--ci", type=click.Choice(["github", "gitlab", "pre-commit"]), help="Also write files for this system.")
@click.option("--print", "printed", is_flag=True, help="Print the files instead.")
def init(ci: str | None, printed: bool) -> None:
    """Write a configuration to start from."""
    from rfa_report.commands.init import files
    from rfa_report.commands.init import init as run

    if printed:
        for path, text in files(ci).items():
            click.echo(f"# {path}\n{text}")
    else:
        for written in run(Path(), ci):
            click.echo(f"wrote {written}")


@click.command()
@config_option
@out_option
@strict_option
@click.option(
    "--only", metavar="GLOB", help="Analyse only models whose name or spec matches; keep the others' reports."
)
@click.option(
    "--against", metavar="OLD", help="Add pages on what changed, as in diff; of a revision its committed reports."
)
@click.option("--update", is_flag=True, help="Also write the committed reports that `check --frozen` compares with.")
@click.option("-j", "--jobs", type=click.IntRange(1), show_default="every core", help="Models to work on at a time.")
@click.option("--timeout", type=click.FloatRange(1), default=300, show_default=True, help="Seconds for one model.")
@click.option("--no-cache", is_flag=True, help="Re-analyse every model; ignore the cache (see `rfa-report cache`).")
@click.option("--no-site", is_flag=True, help="Write reports and pages, but do not build the site.")
@click.option("-q", "--quiet", is_flag=True, help="Only print errors.")
@click.option("--scheduler", metavar="ADDRESS", help="Analyse on the workers of a Dask cluster: tcp://HOST:8786.")
def build(
    config: Path,
    out: Path | None,
    strict: bool,
    only: str | None,
    against: str | None,
    update: bool,
    jobs: int | None,
    timeout: float,
    no_cache: bool,
    no_site: bool,
    quiet: bool,
    scheduler: str | None,
) -> None:
    """Analyse every model of a configuration and make the site."""
    wanted = load(config)  # before torch is imported: a mistake shows at once
    from rfa_report.commands.build import build as run
    from rfa_report.running.outcomes import Options

    options = Options(
        only, jobs or Options().jobs, timeout, not no_cache, not no_site, quiet, scheduler, update, against
    )
    built = run(wanted, config, out, options)
    if not quiet:
        click.echo(
            f"{built.models} model{'' if built.models == 1 else 's'}, {len(built.failed)} failed, "
            f"{built.refused} resolutions refused by their models\n"
            f"{built.analysed} analysed, {built.models - built.analysed} from the cache; {built.written} files written"
        )
    for title, reason in built.failed:
        click.echo(f"failed: {title}: {reason}", err=True)
    if built.not_judged:
        click.echo(f"with layers that cannot be judged: {', '.join(built.not_judged)}", err=True)
    if update and not quiet:
        click.echo(f"committed reports that changed: {', '.join(built.updated) or 'none'}")
    if built.index and not quiet:
        click.echo(f"open {built.index}")
    sys.exit(1 if built.failed or (built.not_judged and (strict or wanted.strict)) else 0)


@click.command()
@config_option
@out_option
@click.option("--address", default="127.0.0.1:8000", show_default=True, help="Where to serve.")
def serve(config: Path, out: Path | None, address: str) -> None:
    """Build the site and serve it; pages reload after the next `rfa-report build`."""
    wanted = load(config)
    from rfa_report.commands.serve import serve as run

    sys.exit(1 if run(wanted, config, out, address).failed else 0)


@click.group()
def cache() -> None:
    """Inspect or clear the analysis cache.

    It lies in the user's cache folder, or where RFA_REPORT_CACHE says.
    """


@cache.command()
@click.option("--json", "as_json", is_flag=True, help="Print a JSON object.")
def info(as_json: bool) -> None:
    """Print where the cache is, and its size."""
    kept = users()
    sizes = [path.stat().st_size for path in kept.entries()]
    told = {"folder": str(kept.folder), "entries": len(sizes), "bytes": sum(sizes)}
    click.echo(json.dumps(told) if as_json else "{folder}: {entries} models and graphs, {bytes:,} bytes".format(**told))


@cache.command()
def clear() -> None:
    """Clear the cache."""
    users().clear()


COMMANDS = (init, build, serve, cache)
