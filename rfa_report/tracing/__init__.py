"""A module and an input size -> Recording. One of the two rooms that know torch."""

from rfa_report.tracing.construct import Model, build, on_meta
from rfa_report.tracing.measure import Measurements
from rfa_report.tracing.trace import load_all, record, trace, use_one_thread

__all__ = ["Measurements", "Model", "build", "load_all", "on_meta", "record", "trace", "use_one_thread"]
