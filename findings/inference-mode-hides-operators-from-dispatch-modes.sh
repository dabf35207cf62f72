#!/usr/bin/env bash
# A TorchDispatchMode, on which operator counters and tracers are built, sees other operators under
# torch.inference_mode() than under torch.no_grad(). Operators that PyTorch composes of others (matmul, linear, flatten,
# to, scaled dot product attention) are taken apart by the layer of automatic differentiation, which no_grad keeps and
# inference_mode removes: the mode then gets aten.linear instead of aten.addmm, for which a table of primitive operators
# has no entry. The same holds inside of higher-order operators. A mode has to take them apart itself (OpOverload.decompose).
# Seen with PyTorch 2.13.0. Source: "Inference Mode" in PyTorch's C++ notes, and torch/utils/flop_counter.py, which
# does so.
set -euo pipefail
folder=$(mktemp -d)
trap 'rm -rf "$folder"' EXIT
python3 -m venv "$folder/venv"
"$folder/venv/bin/pip" install -q torch==2.13.0 numpy==2.4.6
"$folder/venv/bin/python" - <<'PYTHON'
import torch
from torch.utils._python_dispatch import TorchDispatchMode


class Names(TorchDispatchMode):
    def __init__(self):
        super().__init__()
        self.seen = []

    def __torch_dispatch__(self, func, types, args=(), kwargs=None):
        self.seen.append(str(func).removeprefix("aten."))
        return func(*args, **(kwargs or {}))


net = torch.nn.Sequential(torch.nn.Conv2d(3, 4, 3), torch.nn.Flatten(), torch.nn.Linear(144, 5))
image = torch.zeros(1, 3, 8, 8)
seen = {}
for guard in (torch.no_grad, torch.inference_mode):
    with guard(), Names() as names:
        net(image).to(torch.float64)
    seen[guard.__name__] = names.seen
    print(f"{guard.__name__}: {', '.join(names.seen)}")
expected = {
    "no_grad": ["convolution.default", "view.default", "t.default", "addmm.default", "_to_copy.default"],
    "inference_mode": ["conv2d.default", "flatten.using_ints", "linear.default", "to.dtype"],
}
raise SystemExit(0 if seen == expected else f"this has changed: expected {expected}")
PYTHON
