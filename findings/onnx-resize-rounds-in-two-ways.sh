#!/usr/bin/env bash
# ONNX's Resize makes floor(length * scale) rows, and programs disagree about that product: scales are stored in single
# precision, where 0.7 is slightly less than 0.7. Shape inference and the reference evaluator of onnx multiply in double
# precision and get 6 rows of 10; onnxruntime multiplies in single precision, which rounds to 7.0, and makes 7. A tool
# that trusts inferred shapes is one row short; onnxruntime warns of the difference and goes on. The specification leaves
# the precision open.
# Seen with onnx 1.23.2 and onnxruntime 1.32.0. Source: Resize in the ONNX operator documentation (opset 19), "output
# dimension = floor(input dimension * (roi_end - roi_start) * scale)".
set -euo pipefail
folder=$(mktemp -d)
trap 'rm -rf "$folder"' EXIT
python3 -m venv "$folder/venv"
"$folder/venv/bin/pip" install -q onnx==1.23.2 onnxruntime==1.32.0
"$folder/venv/bin/python" - <<'PYTHON'
import numpy as np
import onnx
import onnxruntime
from onnx import helper
from onnx.reference import ReferenceEvaluator

onnxruntime.set_default_logger_severity(3)
expected = {(10, 0.7): (6, 6, 7), (50, 0.58): (28, 28, 29), (100, 0.29): (28, 28, 29), (100, 0.53): (52, 52, 52)}
seen = {}
for length, scale in expected:
    node = helper.make_node("Resize", ["x", "", "scales"], ["y"], mode="nearest")
    x = helper.make_tensor_value_info("x", onnx.TensorProto.FLOAT, [1, 1, length, 8])
    y = helper.make_tensor_value_info("y", onnx.TensorProto.FLOAT, None)
    scales = helper.make_tensor("scales", onnx.TensorProto.FLOAT, [4], [1, 1, scale, 1])
    opset = [helper.make_opsetid("", 18)]
    model = helper.make_model(helper.make_graph([node], "g", [x], [y], [scales]), opset_imports=opset, ir_version=9)
    inferred = onnx.shape_inference.infer_shapes(model).graph.output[0].type.tensor_type.shape.dim[2].dim_value
    data = {"x": np.zeros((1, 1, length, 8), np.float32)}
    reference = ReferenceEvaluator(model).run(None, data)[0].shape[2]
    real = onnxruntime.InferenceSession(model.SerializeToString()).run(None, data)[0].shape[2]
    seen[length, scale] = (inferred, reference, real)
    print(f"{length} rows x {scale}: inferred {inferred}, reference {reference}, onnxruntime {real}")
raise SystemExit(0 if seen == expected else f"this has changed: expected {expected}")
PYTHON
