"""Two reports -> typed changes. Finding changes is here; explaining them is the business of pages."""

from rfa_report.diffing.changes import Change, Kind, ModelChanges, Status
from rfa_report.diffing.find import changes
from rfa_report.diffing.plain import as_json
from rfa_report.diffing.zoo import Side, Spread, UnrelatedError, compare

__all__ = [
    "Change",
    "Kind",
    "ModelChanges",
    "Side",
    "Spread",
    "Status",
    "UnrelatedError",
    "as_json",
    "changes",
    "compare",
]
