"""The shapes of the verdicts: what a reader sees who sees no colours."""

from collections.abc import Iterator

RING = "M-5 0a5 5 0 1 0 10 0a5 5 0 1 0-10 0z"

SHAPES = {
    "productive": f'<path d="{RING}"/>',
    "partial": f'<path class="rfa-hollow" d="{RING}"/><path d="M0-5a5 5 0 0 1 5 5h-5z"/>',
    "critical": f'<path class="rfa-hollow" d="{RING}"/><path d="M0-5a5 5 0 0 1 0 10z"/>',
    "unproductive": f'<path class="rfa-hollow" d="{RING}"/>',
    "global": '<path class="rfa-hollow" d="M0-5.5L5.5 0L0 5.5L-5.5 0z"/>',
    "not-judged": '<path class="rfa-hollow" d="M-3-2.5a3 3 0 1 1 4.5 2.6q-1.5 .9-1.5 2.2M0 4.4v1.4"/>',
}
"""Shapes about the origin, 10 to 11 pixels wide, that look as the symbols of `pages.marks` do."""

ARROW = (
    '<marker id="rfa-arrow" class="rfa-arrow" markerUnits="userSpaceOnUse" markerWidth="8" markerHeight="8" refY="4" '
    'orient="auto"><path d="M0 1L6.5 4L0 7z"/></marker>'
)


def marks() -> Iterator[str]:
    """Define one shape for `<use>` that takes the form of the verdict which holds where it is used."""
    yield '<g id="rfa-mark" class="rfa-mark" transform="translate(15 14)">'
    for verdict, shape in SHAPES.items():
        yield f'<g class="is-{verdict}">{shape}</g>'
    yield "</g>"
