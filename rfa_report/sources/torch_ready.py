"""Import what most torch models need, before workers are forked: importing this module is all that it is for."""

from rfa_report import tracing
from rfa_report.sources.torchvision_import import torchvision_models

tracing.load_all()
torchvision_models()
