"""The rest of the table: networks whose layers run in another order, by other names, or at other resolutions."""

from collections.abc import Callable
from functools import partial

import torch
from torch import nn

from diffing.nets import Functional, Ordered, Unknown, Wording, chain, residual
from diffing.rows import Row


def rewrite(
    name: str, old: Callable[[], nn.Module], new: Callable[[], nn.Module], *code: str, follows: str = ""
) -> Row:
    return Row(name, old, new, code, follows)


VGG = partial(chain, (3, 8, 3), nn.ReLU, (8, 16, 3), nn.ReLU, (16, 32, 3), nn.ReLU)
DEEPER = partial(chain, (3, 8, 3), nn.ReLU, (8, 8, 3), nn.ReLU, (8, 16, 3), nn.ReLU, (16, 32, 3), nn.ReLU)
NORMED = partial(chain, (3, 8, 3), partial(nn.BatchNorm2d, 8), nn.ReLU, (8, 16, 3), nn.ReLU, (16, 32, 3), nn.ReLU)
SMALL = partial(chain, (3, 4, 3), (4, 4, 3))

REWRITES = [
    rewrite("nothing changed", residual, partial(residual)),
    rewrite(
        "stride in a Sequential",
        SMALL,
        partial(chain, (3, 4, 3), (4, 4, 3, 2)),
        "layer-stride 1#0 1 > 2",
        follows="jump macs",
    ),
    rewrite(
        "block inserted into a Sequential",
        VGG,
        DEEPER,
        "layer-added 1#0 None > ReLU",
        "layer-added 2#0 None > Conv2d",
        "layer-renamed 1#0 > 3#0 ×5",
        follows="depth macs params productive-depth r-max r-min rf-max rf-min",
    ),
    rewrite(
        "block removed from a Sequential",
        DEEPER,
        VGG,
        "layer-removed 1#0 ReLU > None",
        "layer-removed 2#0 Conv2d > None",
        "layer-renamed 3#0 > 1#0 ×5",
        follows="depth macs params productive-depth r-max r-min rf-max rf-min",
    ),
    rewrite(
        "norm inserted into a Sequential",
        VGG,
        NORMED,
        "layer-added 1#0 None > BatchNorm2d",
        "layer-renamed 1#0 > 2#0 ×5",
        follows="params",
    ),
    rewrite(
        "norm removed from a Sequential",
        NORMED,
        VGG,
        "layer-removed 1#0 BatchNorm2d > None",
        "layer-renamed 2#0 > 1#0 ×5",
        follows="params",
    ),
    rewrite(
        "two layers swapped",
        partial(Ordered, "abc"),
        partial(Ordered, "bac"),
        "layer-moved a#0 after stem#0 > after b#0",
        follows="r-min rf-max rf-min",
    ),
    rewrite(
        "norm before the second convolution",
        partial(Ordered, "abc"),
        partial(Ordered, "acb"),
        "layer-moved b#0 after a#0 > after c#0",
        follows="rf-max rf-min",
    ),
    rewrite(
        "one module in the place of another",
        partial(Ordered, "abc"),
        partial(Ordered, "aac"),
        "layer-renamed b#0 > a#1",
        "layer-kernel a#1 5 > 3",
        "layer-padding a#1 2 > 1",
        follows="macs params r-max rf-max rf-min",
    ),
    rewrite(
        "skip from elsewhere",
        partial(Ordered, "abc"),
        partial(Ordered, "abc", "a"),
        "layer-rewired add#0 c#0, stem#0 > c#0, a#0",
        follows="rf-min",
    ),
    rewrite("module to function", partial(Functional, nn.ReLU()), partial(Functional, torch.relu)),
    rewrite(
        "no longer judged",
        partial(Unknown, drawn=False),
        partial(Unknown, drawn=True),
        "layer-removed relu#0 relu > None",
        "layer-added bernoulli#0 None > bernoulli",
        follows="jump layer-not-judged r-max r-min rf-max rf-min",
    ),
    rewrite(
        "judged again",
        partial(Unknown, drawn=True),
        partial(Unknown, drawn=False),
        "layer-removed bernoulli#0 bernoulli > None",
        "layer-added relu#0 None > relu",
        follows="jump layer-judged r-max r-min rf-max rf-min",
    ),
    rewrite(
        "a resolution refused",
        partial(chain, partial(Wording, 3, 4, 3)),
        partial(chain, partial(Wording, 3, 4, 40)),
        "layer-kernel 0#0 3 > 40",
        "resolution-refused None > 0: a kernel larger than its map has noth… @16",
        follows="macs params r-max r-min rf-max rf-min",
    ),
    rewrite(
        "a resolution accepted again",
        partial(chain, partial(Wording, 3, 4, 40)),
        partial(chain, partial(Wording, 3, 4, 3)),
        "layer-kernel 0#0 40 > 3",
        "resolution-accepted 0: a kernel larger than its map has noth… > None @16",
        follows="macs params r-max r-min rf-max rf-min",
    ),
    Row("resolution added", SMALL, SMALL, ("resolution-added None > 64",), "", (32,), (32, 64)),
    Row("resolution removed", SMALL, SMALL, ("resolution-removed 32 > None",), "", (32, 64), (64,)),
    Row(
        "no resolution in common",
        SMALL,
        SMALL,
        ("resolution-removed 32 > None", "resolution-added None > 64"),
        "",
        (32,),
        (64,),
    ),
]
