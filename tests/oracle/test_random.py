"""Random networks against the oracle. Each mistake that this finds becomes a case of `test_named.py`.

`RFA_RANDOM_NETS=3000` draws that many, in all numbers of axes together.
"""

import os
from collections.abc import Callable
from unittest import mock

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from oracle.compare import computed, disagreements
from oracle.nets import MOST_POSITIONS, Net, nets
from rfa_report.core import bounds as b
from rfa_report.core import field
from rfa_report.core.field import Field
from rfa_report.tracing import on_meta, trace

pytestmark = pytest.mark.slow

EXAMPLES = int(os.environ.get("RFA_RANDOM_NETS", "120"))
SHARE = {1: 0.25, 2: 0.5, 3: 0.25}
"""Of the examples, by the number of axes."""

FOLDING = ("reflection_pad", "replication_pad", "upsample")
"""Operators that read a row within the map where their kernel crosses its border: reach ends there, sizes do not."""
WRAPPING = ("roll", "aten.copy")
"""Operators that may read another row there: one of the other side, or, where a shifted map is written, the old one."""

Check = Callable[[Net, tuple[int, ...]], None]


def _try(check: Check, rank: int) -> None:
    """Check random networks on inputs of random sizes, mostly odd and rectangular."""
    sizes = st.tuples(*[st.integers(3, MOST_POSITIONS[rank])] * rank)

    @settings(max_examples=max(1, int(EXAMPLES * SHARE[rank])), print_blob=False)
    @given(nets(rank), sizes)
    def run(net: Net, size: tuple[int, ...]) -> None:
        check(net, (1, 3, *size))

    run()


def _reach_is_what_nan_says(net: Net, shape: tuple[int, ...]) -> None:
    compared, _, wrong = disagreements(lambda: net, shape)
    assert not wrong, wrong[:3]
    assert compared > 0


def _sizes_fit_together(net: Net, shape: tuple[int, ...]) -> None:
    """Check what no oracle can see: the shortest path is within the largest, and reach is too without global paths."""
    recording = trace(on_meta(net), shape)
    folded, wrapped = (any(p in call.op for call in recording.calls for p in ops) for ops in (FOLDING, WRAPPING))
    for key, judged in computed(recording).items():
        assert isinstance(judged.state, Field), key
        for number, axis in enumerate(judged.state.axes):
            reach, largest, shortest = (axis.bounds[rows] for rows in (b.REACH, b.LARGEST, b.SHORTEST))
            bounded = largest < b.EMPTY
            assert (largest <= shortest)[bounded].all(), f"{key}: a shortest path beyond the largest"
            if not (axis.global_context or axis.is_global):
                beyond = (largest > reach) & (reach < b.EMPTY) & bounded
                if folded or wrapped:  # only where a field crosses the border does it read other rows than its own
                    beyond &= (largest[0] >= 0) & (-largest[1] < shape[2 + number])
                if folded and not wrapped:
                    longer = largest.sum(axis=0) > reach.sum(axis=0)  # ends are negated
                    assert not (longer & (reach[0] < b.EMPTY) & bounded[0]).any(), f"{key}: reach longer than largest"
                if not (folded and wrapped):  # a border around a rolled map lies within it, and shows rows of elsewhere
                    assert not beyond.any(), f"{key}: reach beyond the largest local path"


def _open_joins_say_the_same(net: Net, shape: tuple[int, ...]) -> None:
    """Leave every join open, however small: the fields are those that closed ones give."""
    recording = trace(on_meta(net), shape)
    usual = computed(recording)
    with mock.patch.object(field, "LARGE", 0):
        opened = computed(recording)
    for key, judged in usual.items():
        other = opened[key].state
        assert isinstance(judged.state, Field), key
        assert isinstance(other, Field), key
        for axis, (a, c) in enumerate(zip(judged.state.axes, other.axes, strict=True)):
            one, two = np.broadcast_arrays(a.bounds, c.bounds)
            assert np.array_equal(one, two), key
            assert (a.aligned, a.global_context, a.is_global) == (c.aligned, c.global_context, c.is_global), key
            assert judged.state.sizes(axis) == other.sizes(axis), key


@pytest.mark.parametrize("rank", SHARE, ids="{}-D".format)
@pytest.mark.parametrize("check", [_reach_is_what_nan_says, _sizes_fit_together, _open_joins_say_the_same])
def test_random_networks(check: Check, rank: int) -> None:
    _try(check, rank)
