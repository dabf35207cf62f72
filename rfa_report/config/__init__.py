"""What a user may ask for, read from `rfa-report.toml`."""

from rfa_report.config.keys import ComparisonEntry, Config, ModelEntry
from rfa_report.config.load import load

__all__ = ["ComparisonEntry", "Config", "ModelEntry", "load"]
