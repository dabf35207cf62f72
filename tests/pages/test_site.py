"""What is written once for all models."""

from torch import nn

from rfa_report import analyze
from rfa_report.pages.site import verdict_styles
from rfa_report.pages.zoo.row import index_row
from rfa_report.render.markdown import render


def test_every_resolution_of_a_site_is_coloured() -> None:
    few = index_row(analyze(nn.Conv2d(3, 2, 3), [8, 9]))
    many = index_row(analyze(nn.Conv2d(3, 2, 3), range(8, 22)))
    styles = render(verdict_styles([few, many]))
    assert ".rfa:has(#rfa-r-13:checked) .v13-unproductive" in styles
    assert "rfa-r-14" not in styles
    assert "rfa-r-2" not in render(verdict_styles([few]))
    assert "rfa-r-0" in render(verdict_styles([])), "a site whose models all failed"
