"""`rfa-report init`: a configuration to start from, and files for CI."""

from collections.abc import Mapping
from pathlib import Path

from rfa_report import assets
from rfa_report.core.errors import OutputError, one_line


def init(root: Path, ci: str | None) -> tuple[Path, ...]:
    """Write a configuration where there is none, and the files of a CI system; return what was written.

    Nothing is overwritten: where a file of the CI system exists, nothing is written at all.
    """
    start = files(None)
    wanted = files(ci) if ci else start
    taken = [path for path in wanted if (root / path).exists()]
    if taken:
        command = "rfa-report init " + (f"--ci {ci} --print" if ci else "--print")
        raise OutputError(f"{taken[0]} exists already", f"merge it by hand with what `{command}` prints")
    fresh = {path: text for path, text in {**start, **wanted}.items() if not (root / path).exists()}
    try:
        for path, text in fresh.items():
            (root / path).parent.mkdir(parents=True, exist_ok=True)
            (root / path).write_text(text, encoding="utf-8")
    except OSError as error:
        raise OutputError(f"{root} cannot be written: {one_line(error)}", "go to another folder") from error
    return tuple(root / path for path in fresh)


def files(ci: str | None) -> Mapping[str, str]:
    """Return the files of a CI system, or those to start from, by path."""
    folder = assets.templates() / (f"ci/{ci}" if ci else "start")
    paths = sorted(path for path in folder.rglob("*") if path.is_file())
    return {path.relative_to(folder).as_posix(): path.read_text(encoding="utf-8") for path in paths}
