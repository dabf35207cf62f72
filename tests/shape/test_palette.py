"""The colours of the verdicts, in numbers: read by weak eyes, told apart by colour-blind ones."""

import re
from itertools import combinations
from math import dist

import pytest

from rfa_report import assets
from rfa_report.pages.site import verdict_styles
from rfa_report.render.markdown import render
from rfa_report.wording.verdicts import LOOKS

Triple = tuple[float, ...]

SEEN_BY = {
    "deuteranopes": ((0.367322, 0.860646, -0.227968), (0.280085, 0.672501, 0.047413), (-0.01182, 0.04294, 0.968881)),
    "protanopes": ((0.152286, 1.052583, -0.204868), (0.114503, 0.786281, 0.099216), (-0.003882, -0.048116, 1.051998)),
    "tritanopes": ((1.255528, -0.076749, -0.178779), (-0.078411, 0.930809, 0.147602), (0.004733, 0.691367, 0.3039)),
}
"""How linear RGB looks to them: Machado, Oliveira & Fernandes 2009, severity 1."""


def palette(scheme: str) -> dict[str, Triple]:
    """Read the colours of a scheme as linear RGB."""
    css = (assets.site_src() / "assets" / "rfa.css").read_text("utf-8") + render(verdict_styles([]))
    blocks = css.split(f'[data-md-color-scheme="{scheme}"] {{')[1:]
    found = re.findall(r"--rfa-([a-z-]+): #([0-9a-f]{6});", "".join(block.split("}")[0] for block in blocks))
    return {name: linear(value) for name, value in found}


def linear(text: str) -> Triple:
    parts = [int(text[n : n + 2], 16) / 255 for n in (0, 2, 4)]
    return tuple(x / 12.92 if x <= 0.04045 else ((x + 0.055) / 1.055) ** 2.4 for x in parts)


def contrast(one: Triple, other: Triple) -> float:
    """Give the contrast ratio of WCAG 2."""
    light = sorted(0.2126 * r + 0.7152 * g + 0.0722 * b + 0.05 for r, g, b in (one, other))
    return light[1] / light[0]


def lab(colour: Triple) -> Triple:
    """Give CIE L*a*b*, in which distances are what eyes see."""
    r, g, b = colour
    xyz = (0.4124 * r + 0.3576 * g + 0.1805 * b) / 0.9505, 0.2126 * r + 0.7152 * g + 0.0722 * b, 0.0
    xyz = (*xyz[:2], (0.0193 * r + 0.1192 * g + 0.9505 * b) / 1.089)
    x, y, z = (max(t, 0) ** (1 / 3) if t > 0.008856 else 7.787 * t + 16 / 116 for t in xyz)
    return 116 * y - 16, 500 * (x - y), 200 * (y - z)


@pytest.mark.parametrize("scheme", ["default", "slate"])
def test_verdicts_are_readable(scheme: str) -> None:
    colours = palette(scheme)
    for verdict in [look.slug for look in LOOKS.values()]:
        tint = colours[f"{verdict}-bg"]
        for text in (f"{verdict}-ink", "ink", "muted"):
            assert contrast(colours[text], tint) >= 4.5, f"{text} on {verdict}"
        assert contrast(colours[f"{verdict}-ink"], colours["paper"]) >= 4.5, verdict
        assert contrast(colours[verdict], tint) >= 3, f"the outline of {verdict}"
    for share in ("full", "high", "good", "half", "low", "least"):
        assert contrast(colours["ink"], colours[f"share-{share}"]) >= 4.5, share


@pytest.mark.parametrize("scheme", ["default", "slate"])
@pytest.mark.parametrize("eyes", SEEN_BY)
def test_verdicts_are_told_apart_by_the_colour_blind(scheme: str, eyes: str) -> None:
    colours = palette(scheme)
    for one, other in combinations([look.slug for look in LOOKS.values()], 2):
        seen = [
            lab(tuple(sum(w * c for w, c in zip(row, colours[verdict], strict=True)) for row in SEEN_BY[eyes]))
            for verdict in (one, other)
        ]
        assert dist(*seen) >= 12, f"{one} and {other} look alike"
