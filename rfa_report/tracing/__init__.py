"""A module and an input size -> Recording. One of the two rooms that know torch."""

from rfa_report.tracing.build import build, on_meta
from rfa_report.tracing.trace import trace

__all__ = ["build", "on_meta", "trace"]
