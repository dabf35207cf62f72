"""What each ONNX operator does, in ATen's operators: one file for each family."""

from rfa_report.sources.onnx.operators import (
    indexing,
    norms,
    patches,
    pointwise,
    products,
    recurrent,
    reductions,
    resizing,
    shaping,
    windows,
)
from rfa_report.sources.onnx.operators.arguments import Table

TABLE: Table = {
    **windows.TABLE,
    **pointwise.TABLE,
    **shaping.TABLE,
    **resizing.TABLE,
    **indexing.TABLE,
    **products.TABLE,
    **norms.TABLE,
    **reductions.TABLE,
    **recurrent.TABLE,
    **patches.TABLE,
}
"""Functions by the names of operators, those of ONNX and of com.microsoft."""
