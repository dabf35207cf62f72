"""What the analysis says of ONNX graphs is what onnxruntime does."""

from pathlib import Path

import numpy as np
import pytest

from oracle import onnx_dialects, onnx_rows
from oracle.onnx_graphs import Row, analysed, measured, recorded


@pytest.mark.parametrize("row", [*onnx_rows.ROWS, *onnx_dialects.ROWS], ids=lambda row: row.name)
def test_reach_is_that_of_onnxruntime(row: Row, tmp_path: Path) -> None:
    model = row.model()
    recording = recorded(model, row.shape[2:], tmp_path)
    assert recording.refusal is None
    probes = (1e3, -1e3) if row.hides else (np.nan, 1e3, -1e3)
    for real, said in zip(measured(model, row.shape, probes), analysed(recording), strict=True):
        np.testing.assert_array_equal(said, real)
