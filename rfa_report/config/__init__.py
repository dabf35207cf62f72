"""What a user may ask for, read from `rfa-report.toml`."""

from rfa_report.config.load import load
from rfa_report.config.model import Compared, Config, Wanted

__all__ = ["Compared", "Config", "Wanted", "load"]
