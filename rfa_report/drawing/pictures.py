"""ModelReport -> the pictures of its page, in their order."""

from rfa_report.analysis.curve import Curve
from rfa_report.core.report import ModelReport
from rfa_report.drawing.charts import depth_svg, growth_svg, strip_svg
from rfa_report.drawing.graph import drawings
from rfa_report.drawing.picture import Picture

PICTURES = (strip_svg.picture, depth_svg.picture, growth_svg.picture, drawings.picture)
"""Each makes a picture of a report, or None where there is nothing to see; a new picture is an entry here."""


def pictures(report: ModelReport, curve: Curve | None) -> tuple[Picture, ...]:
    """Draw a model; `curve` is its productive depth over the resolution, which takes long to compute."""
    return tuple(picture for make in PICTURES if (picture := make(report, curve)) is not None)
