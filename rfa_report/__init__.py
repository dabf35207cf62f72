"""Receptive-field analysis of PyTorch models: which layers add context at a resolution, as a site.

Importing this package loads neither torch nor jinja2.
"""

from typing import TYPE_CHECKING, Any

from rfa_report.core.errors import RfaError
from rfa_report.core.layer import Layer, Verdict
from rfa_report.core.report import ModelReport, ResolutionReport

if TYPE_CHECKING:
    from rfa_report.api import analyze

__all__ = ["Layer", "ModelReport", "ResolutionReport", "RfaError", "Verdict", "analyze"]


def __getattr__(name: str) -> Any:
    if name == "analyze":
        from rfa_report.api import analyze

        return analyze
    raise AttributeError(f"module {__name__!r} has no attribute {name!r}")
