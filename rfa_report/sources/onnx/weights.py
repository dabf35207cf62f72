"""Tensors that a file stores: what they are, and their numbers when somebody asks."""

from collections.abc import Mapping
from functools import partial
from math import prod
from pathlib import Path
from typing import Any

import numpy as np
import onnx
from onnx import numpy_helper

from rfa_report.core.errors import ModelError
from rfa_report.core.recording import Origin
from rfa_report.sources.onnx.tape import Numbers, Refusal, Tensor, constant, lazily

MOST_ELEMENTS = 2**22
"""How large a table or a mask may be whose numbers are read."""

DTYPES = {
    number: {"float": "float32", "double": "float64", "bfloat16": "bfloat16"}.get(name.lower(), name.lower())
    for name, number in onnx.TensorProto.DataType.items()
}
"""torch's names of the types of elements, by their number in ONNX."""

REAL = frozenset({"float32", "float64", "float16", "bfloat16"})


def stored(proto: Any, folder: Path) -> Tensor:
    """Describe a tensor of the file. Raises `ModelError` for one that is kept outside of the file's folder."""
    shape, dtype = tuple(proto.dims), DTYPES.get(proto.data_type, "float32")
    place = {entry.key: entry.value for entry in proto.external_data}
    if proto.data_location == onnx.TensorProto.EXTERNAL:
        path = (folder / place.get("location", "")).resolve()
        if not path.is_relative_to(folder):
            raise ModelError(
                f"the weight {proto.name} lies outside of the model's folder, at {place.get('location')}",
                "move the file beside the model; others are never read",
            )
    learned = (dtype in REAL and prod(shape) > 1) or ("8" in dtype and len(shape) > 1)
    origin: Origin = "parameter" if learned else "constant"
    return Tensor(shape, dtype, origin=origin, look=lazily(partial(_numbers, proto, folder)), name=proto.name)


def _numbers(proto: Any, folder: Path) -> Numbers | None:
    if prod(proto.dims) > MOST_ELEMENTS:
        return None
    try:
        numbers: Numbers = numpy_helper.to_array(proto, base_dir=str(folder))
    except (OSError, ValueError, TypeError, onnx.checker.ValidationError):
        return None  # its file is not there
    return numbers


def stated(attributes: Mapping[str, Any]) -> Tensor:
    """Read the value of a `Constant` node. Raises `Refusal` where it is of a kind that is not known here."""
    for key, value in attributes.items():
        if isinstance(value, Tensor):
            return value
        if key in ("value_int", "value_ints", "value_float", "value_floats"):
            return constant(np.asarray(value, dtype=np.int64 if "int" in key else np.float32))
    raise Refusal(f"a constant has a value of a kind that is not known: {', '.join(attributes)}")
