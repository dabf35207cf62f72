"""The supplement: one zip file with the site, the reports, and how they came about; and a built site in memory."""

import io
import os
import tempfile
import time
import zipfile
from collections.abc import Iterator, Mapping, Sequence
from pathlib import Path

from rfa_report import store
from rfa_report.core.errors import OutputError, one_line
from rfa_report.core.report import ModelReport
from rfa_report.pages.paper.tables import Paper
from rfa_report.publish import engine, site
from rfa_report.publish.output import Output
from rfa_report.render.paper.bibtex import bibtex
from rfa_report.render.paper.supplement import texts

NAME = "supplement"


def built_site(paper: Paper, reports: Sequence[ModelReport]) -> dict[str, bytes]:
    """Build the site of some reports, and return its files by path."""
    with tempfile.TemporaryDirectory(prefix="rfa-report-") as folder, Output(Path(folder) / "site") as output:
        rows = [site.stage_model(output.write, report) for report in reports]
        site.stage_whole(output, paper.title, rows, None, None)
        root = engine.build_site(output).parent
        return {file.relative_to(root).as_posix(): file.read_bytes() for file in root.rglob("*") if file.is_file()}


def supplement(
    paper: Paper, reports: Sequence[ModelReport], built: Mapping[str, bytes], rules: Sequence[str]
) -> Iterator[tuple[str, bytes]]:
    """Pack the supplement: sorted entries, all of one date, so that equal reports give equal bytes.

    The user's own rules are in it, if they are files. Raises `OutputError` for one that cannot be packed.
    """
    files = {f"site/{path}": data for path, data in built.items() if not path.endswith(".map")}
    own = tuple(_own(spec, files) for spec in rules)
    files |= {f"reports/{report.slug}.json": store.dumps(report).encode() for report in reports}
    files |= {path: text.encode() for path, text in (*texts(paper, reports, own), *bibtex(paper))}
    yield f"{NAME}.zip", _packed({f"{NAME}/{path}": data for path, data in files.items()})


def _own(spec: str, files: dict[str, bytes]) -> str:
    """Pack the file of a book of rules, and name the book as from the folder of the supplement."""
    where, _, name = spec.rpartition(":")
    if not where.endswith(".py"):
        return spec
    path = f"rules/{Path(where).name}"
    try:
        data = Path(where).read_bytes()
    except OSError as error:
        raise OutputError(f"{where} cannot be read: {one_line(error)}", "check the path that --rules names") from error
    if files.setdefault(path, data) != data:
        raise OutputError(f"two files of rules are called {Path(where).name}", "rename one of them")
    return f"{path}:{name}"


def _packed(files: Mapping[str, bytes]) -> bytes:
    seconds = max(int(os.environ.get("SOURCE_DATE_EPOCH", engine.EPOCH)), int(engine.EPOCH))
    date = time.gmtime(seconds)[:6]
    packed = io.BytesIO()
    with zipfile.ZipFile(packed, "w", zipfile.ZIP_DEFLATED, compresslevel=9) as archive:
        for path in sorted(files):
            entry = zipfile.ZipInfo(path, date)
            entry.external_attr, entry.create_system = 0o644 << 16, 3
            archive.writestr(entry, files[path], zipfile.ZIP_DEFLATED, 9)
    return packed.getvalue()
