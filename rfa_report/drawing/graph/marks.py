"""The shapes of the verdicts: what a reader sees who sees no colours."""

from collections.abc import Iterator

from rfa_report.wording.verdicts import LOOKS

ARROW = (
    '<marker id="rfa-arrow" class="rfa-arrow" markerUnits="userSpaceOnUse" markerWidth="8" markerHeight="8" refY="4" '
    'orient="auto"><path d="M0 1L6.5 4L0 7z"/></marker>'
)


def marks() -> Iterator[str]:
    """Define one shape for `<use>` that takes the form of the verdict which holds where it is used."""
    yield '<g id="rfa-mark" class="rfa-mark" transform="translate(15 14)">'
    for look in LOOKS.values():
        yield f'<g class="is-{look.slug}">{look.shape}</g>'
    yield "</g>"
