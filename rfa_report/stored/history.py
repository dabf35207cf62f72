"""The history of a site: what the reports that were committed with its tags say."""

from pathlib import Path

from rfa_report import store
from rfa_report.config import Config
from rfa_report.core.errors import ConfigError
from rfa_report.pages.zoo.history import Snapshot, snapshot
from rfa_report.pages.zoo.row import index_row
from rfa_report.stored.revision import tags
from rfa_report.stored.sides import committed, side


def past(config: Config, config_path: Path) -> list[Snapshot]:
    """Read what was committed with each tag; tags without reports are left out. Raises `ConfigError` where all are."""
    wanted, path = config.site.history, committed(config, config_path)
    snapshots = [_snapshot(tag, path) for tag in tags(wanted, path)] if wanted else []
    if wanted and not snapshots:
        raise ConfigError(
            f"{config_path}: site.history: no tag {wanted} has reports in {config.check.baseline}",
            "commit them with rfa-report build --update and tag that, or leave site.history out",
        )
    return snapshots


def _snapshot(tag: str, path: str) -> Snapshot:
    with side(f"{tag}:{path}") as stored:
        texts = {slug: read().decode(errors="replace") for slug, read in stored.reports.items()}
    return snapshot(tag, (index_row(store.loads(text, f"{slug} of {tag}")) for slug, text in texts.items()))
