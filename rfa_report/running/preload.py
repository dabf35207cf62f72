"""Import what every worker needs, before it is forked: importing this module is all that it is for."""

from rfa_report import api, tracing
from rfa_report.sources.torchvision_import import torchvision_models

__all__ = ["api"]

tracing.load_all()
torchvision_models()
