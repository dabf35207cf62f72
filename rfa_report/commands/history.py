"""The history of a site: what the reports that were committed with its tags say."""

from collections.abc import Iterator, Sequence
from contextlib import ExitStack
from pathlib import Path

from rfa_report import store
from rfa_report.commands.revision import tags
from rfa_report.commands.sides import old_side, side
from rfa_report.config import Config
from rfa_report.core.errors import ConfigError, StoreError
from rfa_report.pages.history import Snapshot, snapshot
from rfa_report.pages.row import index_row


def past(config: Config, config_path: Path) -> list[Snapshot]:
    """Read what was committed with each tag; tags without reports are left out. Raises `ConfigError` where all are."""
    wanted = config.site.history
    found = list(_snapshots(tags(wanted), config, config_path)) if wanted else []
    if wanted and not found:
        raise ConfigError(
            f"{config_path}: site.history: no tag {wanted} has reports in {config.check.baseline}",
            "commit them with rfa-report build --update and tag that, or leave site.history out",
        )
    return found


def _snapshots(names: Sequence[str], config: Config, config_path: Path) -> Iterator[Snapshot]:
    for name in names:
        with ExitStack() as stack:
            try:
                stored = stack.enter_context(side(old_side(name, config, config_path)))
            except StoreError:  # nothing was committed there yet
                continue
            texts = {slug: read().decode(errors="replace") for slug, read in stored.reports.items()}
            yield snapshot(name, (index_row(store.loads(text, f"{slug} of {name}")) for slug, text in texts.items()))
