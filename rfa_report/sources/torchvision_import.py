"""Import torchvision, also where its compiled operators do not fit the installed torch.

PyPI's torchvision beside a CPU build of torch cannot load its operators, and `import torchvision` then fails with
"operator torchvision::nms does not exist". No architecture needs their code to be traced: declaring the two schemas
that the import looks for is enough. A matching pair is left alone.
"""

import sys
from types import ModuleType
from typing import Any

import torch

from rfa_report.core.errors import SpecError, one_line

MISSING = (
    "nms(Tensor dets, Tensor scores, float iou_threshold) -> Tensor",
    "qnms(Tensor dets, Tensor scores, float iou_threshold) -> Tensor",
)
_declared: list[Any] = []


def torchvision_models() -> ModuleType:
    """Return `torchvision.models`. Raises `SpecError` where torchvision is missing or broken for another reason."""
    try:
        return _import()
    except ImportError as error:
        raise SpecError(f"torchvision cannot be imported: {one_line(error)}", "pip install torchvision") from error
    except RuntimeError as error:
        if "torchvision::" not in str(error):
            raise
    for name in [name for name in sys.modules if name.partition(".")[0] == "torchvision"]:
        del sys.modules[name]
    library = torch.library.Library("torchvision", "DEF")
    for schema in MISSING:
        library.define(schema)
    _declared.append(library)
    return _import()


def _import() -> ModuleType:
    import torchvision.models

    models: ModuleType = torchvision.models
    return models
