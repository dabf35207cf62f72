"""Recording -> report: fields through every call, layers, cost, verdicts, depth and feasible range. No torch."""

from rfa_report.analysis.propagate import propagate
from rfa_report.analysis.range import least_resolution
from rfa_report.analysis.resolution import report_at

__all__ = ["least_resolution", "propagate", "report_at"]
