"""The command line: words -> a command, errors -> exit codes.

0 is fine, 1 means that models failed, that something differs, or that a check found something, 2 is a mistake of
the user's.
"""

import sys
import traceback as tracebacks
from collections.abc import Callable
from datetime import UTC, datetime
from functools import reduce
from importlib.metadata import version
from pathlib import Path
from typing import Any, TypeVar

import click

from rfa_report.config import load
from rfa_report.core.errors import RfaError

F = TypeVar("F", bound=Callable[..., Any])

CONFIG = Path("rfa-report.toml")
EXPORTS = ("pdf", "figures", "latex", "csv", "json", "bibtex", "markdown", "html", "supplement")
"""What `export` writes; the table itself loads Jinja."""

config_option = click.option(
    "-c", "--config", type=click.Path(path_type=Path), default=CONFIG, show_default=True, help="The configuration file."
)
out_option = click.option(
    "--out", type=click.Path(path_type=Path), help="The output folder, instead of the one in the configuration."
)


@click.group(context_settings={"help_option_names": ["-h", "--help"]})
@click.version_option(version("rfa_report"), prog_name="rfa-report")
@click.option("--traceback", is_flag=True, help="Show where an error came from.")
@click.pass_context
def cli(context: click.Context, traceback: bool) -> None:
    """Receptive-field analysis of PyTorch models: which layers add context at a resolution."""
    context.obj = traceback


shape_option = click.option(
    "--format", "shape", type=click.Choice(["terminal", "markdown", "html", "json", "github", "junit"]),
    default="terminal", show_default=True, help="How to tell it; html makes a site in the folder --output.",
)  # fmt: skip
output_option = click.option(
    "-o", "--output", type=click.Path(path_type=Path), help="Write it to a file, also where nothing differs."
)
strict_option = click.option("--strict", is_flag=True, help="Exit with 1 where a layer cannot be judged.")
rules_option = click.option(
    "--rules", "rules", multiple=True, metavar="FILE.py:BOOK", help="Your own rules for operators; several times."
)
model_options = (
    click.option("--channels", type=int, show_default="what the model was made for", help="Input channels."),
    click.option("--images", type=int, show_default="1, optical flow 2", help="How many images the model takes."),
    rules_option,
    click.option(
        "--arg", "arguments", multiple=True, metavar="KEY=VALUE", callback=lambda _, __, given: _arguments(given),
        help="Keyword argument of the constructor; numbers, true and false are understood.",
    ),
)  # fmt: skip


def of_models(command: F) -> F:
    """Add the options that say how a model is analysed."""
    return reduce(lambda wrapped, option: option(wrapped), reversed(model_options), command)


@cli.command()
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


@cli.command()
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
@click.option("--no-cache", is_flag=True, help="Analyse all models anew; see `rfa-report cache`.")
@click.option("--no-site", is_flag=True, help="Write reports and pages, but make no site of them.")
@click.option("-q", "--quiet", is_flag=True, help="Say nothing but what went wrong.")
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
    from rfa_report.commands.build import Options
    from rfa_report.commands.build import build as run

    options = Options(
        only, jobs or Options().jobs, timeout, not no_cache, not no_site, quiet, scheduler, update, against
    )
    built = run(wanted, config, out, options)
    if not quiet:
        click.echo(
            f"{built.models} model{'' if built.models == 1 else 's'}, {len(built.failed)} failed, "
            f"{built.refused} resolutions refused by their models\n"
            f"{built.analysed} analysed, {built.models - built.analysed} known already; {built.written} files written"
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


@cli.command()
@click.argument("spec")
@click.option("-r", "--resolution", "resolutions", multiple=True, show_default="what the model was made for",
              help="Input resolution in pixels: N, HxW or, of videos, TxHxW; may be given several times.")  # fmt: skip
@of_models
@strict_option
@click.option("--json", "as_json", is_flag=True, help="Print the report as JSON.")
def show(spec: str, strict: bool, as_json: bool, **asked: Any) -> None:
    """Print the layers of one model.

    SPEC is torchvision:NAME, timm:NAME, path/to/file.py:factory or package.module:factory.
    """
    from rfa_report.commands.show import show as run

    report = run(spec, **asked, as_json=as_json)
    if strict and (layers := [layer for at in report.resolutions for layer in at.not_judged]):
        click.echo(f"{len(layers)} layers cannot be judged, the first is {layers[0].id}", err=True)
        sys.exit(1)


@cli.command()
@click.argument("zoo")
@rules_option
@strict_option
@click.option("--json", "as_json", is_flag=True, help="Print one JSON object a model.")
def coverage(zoo: str, rules: tuple[str, ...], strict: bool, as_json: bool) -> None:
    """Say how far each model of a zoo can be analysed.

    Each is taken at the input that it was made for. ZOO is torchvision or timm, or a part of one with wildcards:
    timm:resnet*.
    """
    from rfa_report.commands.coverage import coverage as run

    covered = run(zoo, rules, as_json=as_json)
    sys.exit(1 if strict and any(row.status != "analysed" for row in covered) else 0)


@cli.command()
@click.argument("sides", nargs=-1, required=True, metavar="OLD NEW")
@click.option("--build", "live", is_flag=True, help="Analyse the configuration now, instead of NEW.")
@config_option
@shape_option
@output_option
@click.option("--exit-zero", is_flag=True, help="Exit with 0 although something differs.")
def diff(sides: tuple[str, ...], live: bool, config: Path, shape: str, output: Path | None, exit_zero: bool) -> None:
    """Say what changed between two sets of reports.

    Exits with 1 if anything did. Each side is a report, a folder of them, a site, a zip file, or a git revision in
    which reports are committed: main, HEAD~3, v1.2:path/to/reports. OLD..NEW works as with git; OLD...NEW starts
    where the two went different ways.
    """
    wanted = load(config) if live else None
    from rfa_report.commands.diff import diff as run

    sys.exit(1 if run(sides, wanted, config, shape, output) and not exit_zero else 0)


@cli.command()
@click.argument("specs", nargs=-1, required=True, metavar="SPEC...")
@click.option("-r", "--resolution", "resolutions", multiple=True,
              show_default="what the model was made for, or all that is stored",
              help="Input resolution in pixels; may be given several times.")  # fmt: skip
@click.option("--to", type=click.Path(path_type=Path, file_okay=False), required=True, help="The folder to write.")
@click.option("--format", "formats", type=click.Choice(EXPORTS), multiple=True, show_default="all",
              help="What to write; may be given several times.")  # fmt: skip
@click.option("--fonts", type=click.Path(path_type=Path),
              help="A folder of fonts for the PDF and the figures, whose own lack Chinese, for example.")  # fmt: skip
@of_models
def export(specs: tuple[str, ...], to: Path, formats: tuple[str, ...], fonts: Path | None, **asked: Any) -> None:
    """Write tables, figures and a supplement for a paper.

    SPEC is a model as for `show`, also with wildcards, or what is stored: a report, a folder of reports, a site, a zip
    file. What is stored is exported without loading torch.
    """
    from rfa_report.commands.export import Asked
    from rfa_report.commands.export import export as run

    written = run(specs, Asked(**asked), to, formats, fonts)
    click.echo(f"{written.files} files about {len(written.models)} architectures in {to}")


@cli.command()
@click.argument("bundle")
@rules_option
@click.option("--trust", is_flag=True, help="Run the code that the bundle names: its rules, and models of no zoo.")
@click.option("--json", "as_json", is_flag=True, help="Print what differs as JSON, as `diff` does.")
def verify(bundle: str, rules: tuple[str, ...], trust: bool, as_json: bool) -> None:
    """Compute the reports of a supplement again.

    Exits with 1 if any number differs. BUNDLE is a zip file that `export` made, the folder that it was unpacked to,
    a site, a folder of reports, or one.
    """
    from rfa_report.commands.verify import verify as run

    sys.exit(0 if run(bundle, rules, trusted=trust, as_json_text=as_json) else 1)


@cli.command()
@click.argument("new", required=False)
@click.option("--against", metavar="OLD", help="What to compare with, named as in diff.")
@click.option("--frozen", is_flag=True, help="Fail where the committed reports are not what the code gives now.")
@config_option
@shape_option
@output_option
@click.option("--today", type=click.DateTime(["%Y-%m-%d"]), show_default="the date in UTC",
              help="The day by which waivers expire.")  # fmt: skip
def check(
    new: str | None,
    against: str | None,
    frozen: bool,
    config: Path,
    shape: str,
    output: Path | None,
    today: datetime | None,
) -> None:
    """Say what changed, and fail where it breaks a rule.

    The rules, their limits and waivers stand in the configuration. NEW are stored reports, as in diff; without it,
    the configuration is analysed now. Of a revision without a path, OLD are the committed reports, and OLD... is
    where HEAD left it.
    """
    wanted = load(config)
    if (against is None) == (not frozen) or (frozen and (new or output or shape != "terminal")):
        raise RfaError("check needs either --against or --frozen", "write rfa-report check --against main, for example")
    if frozen:
        from rfa_report.commands.frozen import frozen as run_frozen

        sys.exit(1 if run_frozen(wanted, config) else 0)
    from rfa_report.commands.check import check as run

    day = today.date() if today else datetime.now(UTC).date()
    sys.exit(0 if run(wanted, config, str(against), new, shape, output, day) else 1)


@cli.command()
@config_option
@out_option
@click.option("--address", default="127.0.0.1:8000", show_default=True, help="Where to serve.")
def serve(config: Path, out: Path | None, address: str) -> None:
    """Build the site and serve it, reloading pages when they change."""
    wanted = load(config)
    from rfa_report.commands.serve import serve as run

    sys.exit(1 if run(wanted, config, out, address).failed else 0)


@cli.group()
def cache() -> None:
    """Look after what earlier builds computed.

    It lies in the user's cache folder, or where RFA_REPORT_CACHE says.
    """


@cache.command()
@click.option("--json", "as_json", is_flag=True, help="Print a JSON object.")
def info(as_json: bool) -> None:
    """Say where the cache lies, and how large it is."""
    import json

    from rfa_report.shelf import users

    kept = users()
    sizes = [path.stat().st_size for path in kept.entries()]
    told = {"folder": str(kept.folder), "entries": len(sizes), "bytes": sum(sizes)}
    click.echo(json.dumps(told) if as_json else "{folder}: {entries} models and graphs, {bytes:,} bytes".format(**told))


@cache.command()
def clear() -> None:
    """Forget all that is in the cache."""
    from rfa_report.shelf import users

    users().clear()


def _arguments(given: tuple[str, ...]) -> dict[str, object]:
    import json

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


def main() -> None:
    """Run the command line."""
    wanted = "--traceback" in sys.argv
    try:
        cli(standalone_mode=False)
    except click.exceptions.Abort:
        sys.exit(130)
    except click.ClickException as error:
        error.show()
        sys.exit(2)
    except RfaError as error:
        if wanted:
            tracebacks.print_exc()
        click.echo(f"rfa-report: {error}", err=True)
        sys.exit(2)
