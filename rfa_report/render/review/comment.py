"""A review as Markdown for a comment on a pull request: a table, details folded, cut where a comment may not go on."""

from dataclasses import replace

from rfa_report.pages.page import Page
from rfa_report.pages.review.entry import Entry, Review
from rfa_report.render.markdown import markdown_text, render

LIMIT = 60_000
"""Characters that a comment has at most; GitHub takes 65,536."""

TABLE_SHARE = 0.6
"""The share of them that the table may take."""


def comment(told: Review, limit: int = LIMIT) -> str:
    """Write a review as Markdown of at most `limit` characters; it says how many models are left out, if any are."""
    head, rows = _table(told, limit)
    shown = ""
    for count, entry in enumerate(told.entries):
        piece = render(Page("", "review-entry.md.j2", entry)) if entry.sections else ""
        rest = _pointer(told, rows, count)
        if len(head) + len(shown) + len(piece) + len(rest) > limit:
            return head + shown + rest
        shown += piece
    return head + shown + (_pointer(told, rows, len(told.entries)) if rows < len(told.entries) else "")


def _table(told: Review, limit: int) -> tuple[str, int]:
    entries: tuple[Entry, ...] = told.entries
    while True:
        head = render(Page("", "review.md.j2", replace(told, entries=entries)))
        if len(head) <= limit * TABLE_SHARE or len(entries) <= 1:
            return head, len(entries)
        entries = entries[: len(entries) // 2]


def _pointer(told: Review, rows: int, details: int) -> str:
    whole = len(told.entries)
    absent = f"{whole - rows} models and the details of {whole - details}" if rows < whole else ""
    words = absent or f"the details of {whole - details} models"
    return (
        f"\nLeft out for length: {words}. <code>rfa-report diff {_code(told.old)} {_code(told.new)}</code> tells all.\n"
    )


def _code(name: str) -> object:
    return markdown_text(name)
