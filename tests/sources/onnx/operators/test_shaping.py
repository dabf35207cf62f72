import numpy as np
import pytest

from rfa_report.sources.onnx import steps
from rfa_report.sources.onnx.tape import Tape, Tensor

IMAGE = (1, 4, 12, 10)


def _recorded(*cuts: tuple[int, int, int], dim: int = 2) -> list[str]:
    tape = Tape()
    x = Tensor(IMAGE, "float32", live=True, origin="input")
    steps.cat(tape, [steps.cut(tape, x, at, start, stop) for at, start, stop in cuts], dim)
    return [call.packet for call in tape.calls if call.packet != "slice"]


def test_two_pieces_that_change_places_are_a_rotation() -> None:
    assert _recorded((2, 3, 12), (2, 0, 3)) == ["roll"]


@pytest.mark.parametrize(
    "cuts",
    [[(2, 3, 12), (2, 0, 4)], [(2, 3, 11), (2, 0, 3)], [(2, 0, 3), (2, 3, 12)], [(2, 9, 12), (2, 0, 12), (2, 0, 3)]],
    ids=["overlapping", "gap", "in order", "wrapped border"],
)
def test_other_pieces_are_concatenated(cuts: list[tuple[int, int, int]]) -> None:
    assert _recorded(*cuts) == ["cat"]


def test_pieces_of_another_dimension_are_concatenated() -> None:
    assert _recorded((2, 6, 12), (2, 0, 6), dim=3) == ["cat"]


@pytest.mark.parametrize(("start", "stop", "step"), [(2, 11, 3), (11, -1, -2), (7, 1, -1), (0, 12, 1)])
def test_a_cut_has_the_shape_of_numpy(start: int, stop: int, step: int) -> None:
    made = steps.cut(Tape(), Tensor(IMAGE, "float32", live=True), 2, start, stop, step)
    assert made.shape == np.empty(IMAGE)[:, :, slice(start, None if stop < 0 else stop, step)].shape
