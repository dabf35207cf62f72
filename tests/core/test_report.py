"""Resolutions are written in one way on the command line, in a configuration and in Python."""

import pytest

from rfa_report.core.errors import ResolutionError
from rfa_report.core.report import Size, parse_size


@pytest.mark.parametrize(
    ("text", "size"),
    [
        (224, (224, 224)),
        ("224X320", (224, 320)),
        ("16x112x112", (16, 112, 112)),
        ((16000,), (16000,)),
        ("l=16000", (16000,)),
        ("L = 16000", (16000,)),
        ("h=224, w=320", (224, 320)),
        ("t=16,h=112,w=96", (16, 112, 96)),
    ],
)
def test_what_is_a_resolution(text: int | str | Size, size: Size) -> None:
    assert parse_size(text) == size


@pytest.mark.parametrize("text", ["", "l=", "k=3", "w=3,h=3", "l=0", "l=2.5", "h=3", "l=1,l=2", "l=3x3", "=", ","])
def test_what_is_none_gets_a_line_to_write(text: str) -> None:
    with pytest.raises(ResolutionError) as caught:
        parse_size(text)
    assert repr(text) in caught.value.problem
    assert "l=16000" in caught.value.next_step
