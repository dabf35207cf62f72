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
from rfa_report.sources.onnx.operators.arguments import Operator, Table

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
"""Functions by the names of operators."""

MICROSOFT = frozenset(
    {"BiasGelu", "DequantizeLinear", "DynamicQuantizeMatMul", "FastGelu", "FusedConv", "FusedMatMul", "Gelu", "QGemm"}
    | {"QLinearAdd", "QLinearConcat", "QLinearLeakyRelu", "QLinearMul", "QLinearSigmoid", "QuantizeLinear", "QuickGelu"}
    | {"SimplifiedLayerNormalization", "SkipLayerNormalization", "Trilu"}
)
"""Those of com.microsoft: other operators of that domain mean something else, though they share a name with ONNX's."""


def operator_named(op: str, domain: str) -> Operator | None:
    """Return the function of an operator; None where there is none."""
    return TABLE.get(op) if domain == "" or (domain == "com.microsoft" and op in MICROSOFT) else None
