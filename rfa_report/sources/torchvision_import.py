"""Import torchvision, also where its compiled operators do not fit the installed torch.

PyPI's torchvision beside a CPU build of torch cannot load its operators, and `import torchvision` then fails with
"operator torchvision::nms does not exist". Declaring the schemas that the import looks for is enough for every
architecture but detectors, which get a plain `nms`, and a `roi_align` that is one operator, as the compiled one is.
A matching pair is left alone.
"""

import sys
from inspect import unwrap
from types import ModuleType
from typing import Any

import torch

from rfa_report.core.errors import SpecError, one_line

MISSING = (
    "nms(Tensor dets, Tensor scores, float iou_threshold) -> Tensor",
    "qnms(Tensor dets, Tensor scores, float iou_threshold) -> Tensor",
    "roi_align(Tensor input, Tensor rois, float spatial_scale, int high, int wide, int ratio, bool aligned) -> Tensor",
)
ROIS = 32
"""Regions that are cut out at a time: each takes megabytes while its samples are interpolated."""

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
    library.impl("nms", _nms, "CPU")
    library.impl("roi_align", _roi_align, "CPU")
    _declared.append(library)
    models = _import()
    for name in ("torchvision.ops.boxes", "torchvision.ops.roi_align"):
        module: Any = sys.modules[name]
        module._has_ops, module._assert_has_ops = (lambda: True), (lambda: None)
    return models


def _nms(boxes: torch.Tensor, scores: torch.Tensor, iou_threshold: float) -> torch.Tensor:
    """Suppress boxes that overlap a better one, in place of the compiled operator: detectors cannot run without."""
    x0, y0, x1, y1 = boxes.unbind(1)
    area = (x1 - x0) * (y1 - y0)
    kept: list[torch.Tensor] = []
    order = scores.argsort(descending=True, stable=True)
    while order.numel():
        best, order = order[0], order[1:]
        kept.append(best)
        wide = (x1[order].minimum(x1[best]) - x0[order].maximum(x0[best])).clamp(min=0)
        tall = (y1[order].minimum(y1[best]) - y0[order].maximum(y0[best])).clamp(min=0)
        shared = wide * tall
        order = order[shared <= iou_threshold * (area[order] + area[best] - shared)]
    return torch.stack(kept) if kept else order


def _roi_align(image: torch.Tensor, rois: torch.Tensor, *how: Any) -> torch.Tensor:
    """Cut regions out of a map by torchvision's own Python code, not compiled, a few at a time."""
    plain = unwrap(sys.modules["torchvision.ops.roi_align"]._roi_align)
    return torch.cat([plain(image, some, *how) for some in rois.split(ROIS)])


def _import() -> ModuleType:
    import torchvision.models

    models: ModuleType = torchvision.models
    return models
