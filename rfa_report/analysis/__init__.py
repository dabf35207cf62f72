"""Recording -> report: fields through every call, layers, cost, verdicts, depth and feasible range. No torch."""

from rfa_report.analysis.model import report
from rfa_report.analysis.propagate import propagate
from rfa_report.analysis.resolution import report_at

__all__ = ["propagate", "report", "report_at"]
