"""Layouts and bounds follow any reshape."""

from fractions import Fraction
from math import prod

import numpy as np
from hypothesis import given
from hypothesis import strategies as st

from rfa_report.core import bounds as b
from rfa_report.core import layout as lay


@st.composite
def shapes(draw: st.DrawFn) -> tuple[tuple[int, ...], tuple[int, ...], tuple[int, ...]]:
    """Draw two shapes of as many elements, and which dimensions of the first vary."""
    primes = draw(st.lists(st.sampled_from([1, 1, 2, 2, 3, 5]), min_size=1, max_size=6))
    cuts = [sorted(draw(st.lists(st.integers(0, len(primes)), max_size=3))) for _ in range(2)]
    old, new = (tuple(prod(primes[i:j]) for i, j in zip([0, *cut], [*cut, len(primes)], strict=True)) for cut in cuts)
    return old, new, tuple(draw(st.sampled_from([1, n])) for n in old)


@given(shapes(), st.integers(0, 2**31))
def test_bounds_regroup_like_the_whole_array(drawn: tuple[tuple[int, ...], ...], seed: int) -> None:
    old, new, varying = drawn
    values = np.random.default_rng(seed).integers(0, 9, (6, *varying)).astype(np.int32)
    found = b.regroup(values, old, new)
    expected = np.broadcast_to(values, (6, *old)).reshape(6, *new)
    np.testing.assert_array_equal(np.broadcast_to(found, (6, *new)), expected)


@given(shapes())
def test_layout_regroup_keeps_sizes_and_comes_back(drawn: tuple[tuple[int, ...], ...]) -> None:
    old, new, _ = drawn
    layout = tuple(lay.along(d % 2, n, 1) if d < 2 and n > 1 else lay.plain(n) for d, n in enumerate(old))
    moved = lay.regroup(layout, new)
    assert tuple(prod(f.size for f in dim) for dim in moved) == new
    back = lay.regroup(moved, old)
    assert tuple(prod(f.size for f in dim) for dim in back) == old


def test_windows_and_tokens_can_be_undone() -> None:
    image = (lay.plain(1), lay.plain(96), lay.along(0, 56, 4), lay.along(1, 56, 4))
    windows = lay.regroup(image, (1, 96, 8, 7, 8, 7))
    assert [lay.pure(dim) for dim in windows[2:4]] == [lay.Share(0, 8, 56, 28), lay.Share(0, 7, 56, 4)]
    assert lay.regroup(windows, (1, 96, 56, 56)) == image
    tokens = lay.regroup(image, (1, 96, 3136))
    assert lay.axes_of(tokens[2]) == {0, 1}
    assert lay.dim_of(tokens, 0) is None
    assert lay.regroup(tokens, (1, 96, 56, 56)) == image


def test_a_window_is_no_global_contraction_but_the_whole_map_is() -> None:
    windows = lay.regroup((lay.along(0, 56, 4),), (8, 7))
    assert not lay.covers([windows[1]], 0)
    assert not lay.covers([windows[0]], 0)
    assert lay.covers(windows, 0)
    assert not lay.covers(windows, 1)


def test_a_map_of_one_position_is_remembered_when_flattened() -> None:
    image = (lay.plain(1), lay.plain(512), lay.along(0, 1, 32), lay.along(1, 1, 32))
    (_, flat) = lay.regroup(image, (1, 512))
    assert lay.covers([flat], 0)
    assert lay.covers([flat], 1)


def test_slices_keep_pitch_and_count_what_is_left() -> None:
    assert lay.pure(lay.sliced(lay.along(0, 56, 4)[0:1], 1, 28, 2)) == lay.Share(0, 28, 28, 8)


def test_windows_and_tokens_have_the_stride_of_their_grid() -> None:
    image = (lay.plain(1), lay.plain(96), lay.along(0, 56, 4), lay.along(1, 28, 8))
    windows = lay.regroup(image, (1, 96, 8, 7, 4, 7))
    tokens = lay.regroup(image, (1, 96, 56 * 28))
    beside_a_class_token = (lay.with_others(1 + 56 * 28, tokens[2]),)
    for layout in (image, windows, tokens, beside_a_class_token):
        assert (lay.stride(layout, 0), lay.stride(layout, 1)) == (4, 8)
    assert lay.stride((windows[3],), 0) is None, "a part of the grid"
    assert lay.stride((lay.mixed(9, (0, 1)),), 0) is None
    assert lay.stride((lay.sliced(tokens[2], 0, 100, 2),), 0) is None
    assert lay.pure(beside_a_class_token[0]) is None, "no map whose border could go on"
    assert lay.stride((lay.with_others(57, lay.along(0, 56, 4)),), 0) is None, "a row that is no row of the map"


@given(st.integers(1, 64), st.integers(1, 9), st.integers(1, 9))
def test_a_jump_divided_and_multiplied_is_what_it_was(jump: int, factor: int, size: int) -> None:
    assert lay.finer(jump, factor) == Fraction(jump, factor)
    there = lay.resized(jump, size, size * factor)
    assert there == Fraction(jump, factor)
    assert lay.resized(there, size * factor, size) == jump
    assert lay.Share(0, size, size, there).slope == (jump // factor if jump % factor == 0 else None)


def test_resampling_that_goes_evenly_into_neither_has_no_jump_unless_it_is_whole() -> None:
    assert lay.resized(1, 10, 8) is None
    assert lay.resized(4, 10, 8) == 5
    assert lay.resized(None, 8, 16) is None
