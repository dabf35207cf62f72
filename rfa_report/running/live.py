"""The side of a comparison that is not stored: what a configuration gives now."""

from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from tempfile import TemporaryDirectory

from rfa_report import api
from rfa_report.config import Config
from rfa_report.diffing import Side
from rfa_report.publish import site
from rfa_report.running.outcomes import Options, outcomes
from rfa_report.running.progress import progress
from rfa_report.running.tasks import tasks_of


@contextmanager
def live(config: Config, path: Path) -> Iterator[Side]:
    """Analyse the models of a configuration, as a build does, and make a side of their reports."""
    api.rule_book(config.rules, str(path))
    tasks = tasks_of(config, path)
    with TemporaryDirectory() as folder:
        reports = {}
        with progress(len(tasks), "analysing") as step:
            for task, made, _ in outcomes(tasks, Options(), step):
                report = Path(folder) / f"{task.slug}.json"
                report.write_text(made.files[site.report_path(task.slug)], encoding="utf-8")
                reports[task.slug] = report.read_bytes
                step(task.title, done=True)
        yield Side(str(path), {task.slug: reports[task.slug] for task in tasks})
