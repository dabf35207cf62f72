"""The committed reports: write them, and say where they differ from what the code gives now."""

from collections.abc import Iterator, Mapping
from pathlib import Path

from rfa_report import store
from rfa_report.core.errors import OutputError, StoreError, one_line
from rfa_report.diffing import Side, compare
from rfa_report.pages.review.entry import entry
from rfa_report.stored.sides import side


def folder_of(config_path: Path, baseline: Path) -> Path:
    """Find the folder of the committed reports, which is named relative to the configuration."""
    return config_path.parent / baseline


def update(folder: Path, texts: Mapping[str, str], keep: frozenset[str]) -> tuple[str, ...]:
    """Write reports by their slugs, and remove those of other models but `keep`; name what is not as it was."""
    changed = []
    try:
        folder.mkdir(parents=True, exist_ok=True)
        for slug, text in sorted(texts.items()):
            path = folder / f"{slug}.json"
            if not path.is_file() or path.read_bytes() != text.encode():
                temporary = path.with_name(f".{path.name}.tmp")
                temporary.write_bytes(text.encode())
                temporary.replace(path)
                changed.append(slug)
        for path in sorted(folder.glob("*.json")):
            if path.stem not in texts and path.stem not in keep and store.is_report(path.read_bytes()):
                path.unlink()
                changed.append(path.stem)
    except OSError as error:
        raise OutputError(f"{folder} cannot be written: {one_line(error)}", "correct check.baseline") from error
    return tuple(changed)


def committed(folder: Path) -> dict[str, str]:
    """Read the committed reports, by slug. Raises `StoreError` where there are none."""
    if not folder.is_dir():
        raise StoreError(f"there is no folder of committed reports {folder}", "write it: rfa-report build --update")
    with side(str(folder)) as stored:
        return {slug: read().decode(errors="replace") for slug, read in stored.reports.items()}


def differences(folder: Path, known: Mapping[str, str], now: Side) -> Iterator[str]:
    """Say of each model whose committed report is not what the code gives now, what differs.

    Versions of packages do not count: numbers do.
    """
    texts = {slug: read().decode() for slug, read in now.reports.items()}
    for slug in known.keys() - texts.keys():
        yield f"{slug}: a report is committed, but no such model is configured"
    for slug, text in texts.items():
        if slug not in known:
            yield f"{slug}: no report is committed"
        elif store.without_versions(known[slug]) != store.without_versions(text):
            yield f"{slug}: {_what(folder, slug, known[slug], text)}"


def _what(folder: Path, slug: str, old: str, new: str) -> str:
    before = Side(str(folder), {slug: old.encode}, single=True)
    told = [entry(changes).headline for changes in compare(before, Side("now", {slug: new.encode})) if changes.changes]
    return told[0] if told else "other words, the same numbers"
