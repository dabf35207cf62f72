"""Patterns of inputs: what they say of shapes, how they are written, and what is refused."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from rfa_report.core.errors import ConfigError
from rfa_report.core.inputs import arranged, axes_of, parse_inputs


@pytest.mark.parametrize(
    ("pattern", "size", "shape"),
    [
        ("1 3 h w", (32, 48), (1, 3, 32, 48)),
        ("1 h w 3", (32, 48), (1, 32, 48, 3)),
        ("int 1 l", (128,), (1, 128)),
        ("1 1 h/4 w/8", (33, 48), (1, 1, 8, 6)),
        ("bool 1 t h*2 w", (4, 5, 6), (1, 4, 10, 6)),
    ],
)
def test_shapes_follow_from_the_resolution(pattern: str, size: tuple[int, ...], shape: tuple[int, ...]) -> None:
    (one,) = parse_inputs({"x": pattern})
    assert one.shape(size) == shape
    assert one.pattern == pattern
    assert len(axes_of([one])) == len(size)


_EXTENTS = st.one_of(
    st.integers(1, 9).map(str),
    st.sampled_from("hw"),
    st.builds("{}{}{}".format, st.sampled_from("hw"), st.sampled_from("*/"), st.integers(2, 9)),
)


@given(st.lists(_EXTENTS, max_size=4))
def test_what_is_written_is_read_again(extents: list[str]) -> None:
    pattern = " ".join(["int", "h", "w", *extents])
    (one,) = parse_inputs({"x": pattern})
    assert one.pattern == pattern


@pytest.mark.parametrize("pattern", ["", "1 3 q w", "h-1 w", "float", "0 h w", "1, 3, h, w"])
def test_what_is_no_pattern_is_refused_with_one_that_is(pattern: str) -> None:
    with pytest.raises(ConfigError, match="'1 3 h w'"):
        parse_inputs({"x": pattern})


@pytest.mark.parametrize("pattern", ["1 3 h", "1 l h w", "1 3"])
def test_axes_that_do_not_go_together_are_refused(pattern: str) -> None:
    with pytest.raises(ConfigError, match="h and w"):
        parse_inputs({"x": pattern})


def test_names_lead_to_positions_keywords_dictionaries_and_lists() -> None:
    args, kwargs = arranged({"0": "a", "1.image": "b", "mask": "c", "maps.1": "e", "maps.0": "d"})
    assert args == ["a", {"image": "b"}]
    assert kwargs == {"mask": "c", "maps": ["d", "e"]}
