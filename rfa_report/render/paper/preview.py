"""The picture beside a link to the site: its title, and some rows of the matrix; a PNG, by Typst, which is an extra."""

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from importlib.util import find_spec

from rfa_report import assets
from rfa_report.pages.zoo.index import Bar, IndexTable, matrix
from rfa_report.pages.zoo.row import IndexRow
from rfa_report.render.paper.templates import render
from rfa_report.render.paper.typesetting import typeset
from rfa_report.wording.verdicts import LOOKS

ROWS, COLUMNS = 7, 5
"""How many architectures, spread over the whole site, and resolutions are shown."""

SLUGS = {look.initial: look.slug for look in LOOKS.values()}


@dataclass(frozen=True, slots=True)
class Preview:
    """What the picture shows."""

    title: str
    models: int
    table: IndexTable
    colours: Mapping[str, str]


def preview(title: str, rows: Sequence[IndexRow]) -> bytes | None:
    """Draw the picture, 1200×630; None where Typst is not installed, or no architecture could be analysed."""
    fine = [row for row in rows if not row.failed]
    if not fine or find_spec("typst") is None:
        return None
    shown = min(len(fine), ROWS)
    table = matrix([fine[len(fine) * n // shown] for n in range(shown)], columns=COLUMNS)
    data = Preview(title, len(rows), table, colours())
    strips = {f"strip-{n}.svg": _strip(item.bars, data.colours) for n, item in enumerate(table.rows)}
    logo = (assets.site_src() / "assets" / "logo.svg").read_text(encoding="utf-8")
    return typeset(render("preview.typ.j2", data), {"logo.svg": logo, **strips}, "png")


def colours() -> dict[str, str]:
    """Give the colours of the site in its light scheme: those of its style sheet, and those of the verdicts."""
    css = (assets.site_src() / "assets" / "rfa.css").read_text(encoding="utf-8")
    by_name = dict(re.findall(r"--rfa-([a-z-]+): (#[0-9a-f]{6});", css.partition("}")[0]))
    return {**by_name, **{look.slug: look.light.mark for look in LOOKS.values()}}


def _strip(bars: Sequence[Bar], palette: Mapping[str, str]) -> str:
    paths = "".join(f'<path fill="{palette[SLUGS[bar.letter]]}" d="{bar.path}"/>' for bar in bars)
    return f'<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 24 8">{paths}</svg>'
