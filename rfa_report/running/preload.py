"""Import what every worker needs, before it is forked: importing this module is all that it is for."""

from rfa_report import api

__all__ = ["api"]
