"""Joins that are left open, as `q k` of attention over many positions: they say what closed ones say."""

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from rfa_report.core import bounds as b
from rfa_report.core import field
from rfa_report.core.bounds import Bounds
from rfa_report.core.field import AxisField, Field, input_field, join
from rfa_report.core.layout import along, mixed, plain

WINDOWS, TOKENS = 3, 5


def _bounds(starts: list[int], dim: int, draw: st.DrawFn) -> Bounds:
    """Draw the readings of tokens, one window each: the shortest interval within the largest, some without either."""
    rows = np.full((6, WINDOWS, TOKENS, TOKENS), b.EMPTY, dtype=np.int32)[:, :, :1, :1].repeat(TOKENS, axis=dim + 1)
    for place, start in zip(np.ndindex(rows.shape[1:]), starts, strict=True):
        length, inner = draw(st.integers(1, 9)), draw(st.integers(0, 4))
        rows[(slice(None), *place)] = (start, -start - length) * 2 + (
            start + inner,
            -max(start + inner, start + length),
        )
        if draw(st.integers(0, 4)) == 0:
            rows[(b.LOCAL, *place)] = b.EMPTY
    return rows


@st.composite
def pairs(draw: st.DrawFn) -> tuple[Field, Field]:
    """Draw the fields of queries and keys within windows, whose tokens run along an axis or are channels."""
    shape = (WINDOWS, TOKENS, TOKENS)
    tokens = draw(st.sampled_from([along(0, TOKENS, 2), mixed(TOKENS, [0]), plain(TOKENS)]))
    layout = (mixed(WINDOWS, [0]), tokens, tokens)
    starts = st.lists(st.integers(-3, 30), min_size=WINDOWS * TOKENS, max_size=WINDOWS * TOKENS)
    return tuple(Field(shape, layout, (AxisField((_bounds(draw(starts), dim, draw),)),)) for dim in (1, 2))  # type: ignore[return-value]


@settings(max_examples=60)
@given(pairs(), st.integers(1, WINDOWS * TOKENS * TOKENS))
def test_an_open_join_says_what_a_closed_one_says(pair: tuple[Field, Field], large: int) -> None:
    closed = join(pair, pair[0].shape)
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(field, "LARGE", large)
        opened = join(pair, pair[0].shape)
        (one,), (other,) = closed.axes, opened.axes
        assert len(one.parts) == 1
        assert len(other.parts) == 2
        assert np.array_equal(one.bounds, other.bounds)
        assert (one.aligned, one.global_context, one.is_global) == (
            other.aligned,
            other.global_context,
            other.is_global,
        )
        assert closed.sizes(0) == opened.sizes(0)
        assert closed.centre(0) == opened.centre(0)
        assert np.array_equal(closed.contracted([2]).axes[0].bounds, opened.contracted([2]).axes[0].bounds)


def test_what_is_joined_already_is_joined_no_more(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(field, "LARGE", 1)
    shape, layout = (TOKENS, TOKENS), (along(0, TOKENS, 1), plain(TOKENS))
    rows = Field(shape, layout, (AxisField((b.identity(TOKENS, 0, 2),)),))
    columns = Field(shape, layout[::-1], (AxisField((b.identity(TOKENS, 1, 2),)),))
    scores = join([rows, columns], shape)
    assert len(scores.axes[0].parts) == 2
    assert join([scores, rows], shape).axes[0].parts == scores.axes[0].parts


def test_a_number_joins_a_map() -> None:
    field = input_field((1, 1, 3, 5))
    number = field.contracted(range(4)).restructured((), (), lambda a: a.reshape(6))
    joined = join([field, number], field.shape)
    for axis, size in enumerate((3, 5)):
        assert [ends.tolist() for ends in joined.reach(axis) or ()] == [[0] * size, [size - 1] * size]
