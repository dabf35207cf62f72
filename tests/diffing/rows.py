"""The table: an old and a new network, what somebody edited, and the kinds of what follows. More in `rewrites`."""

from collections.abc import Callable
from dataclasses import dataclass, replace
from functools import partial
from typing import Any

from torch import nn

from diffing.nets import residual


@dataclass(frozen=True)
class Row:
    """Expect `code`, line by line, and exactly the kinds in `follows`."""

    name: str
    old: Callable[[], nn.Module]
    new: Callable[[], nn.Module]
    code: tuple[str, ...] = ()
    follows: str = ""
    old_sizes: tuple[int, ...] = (16, 64)
    new_sizes: tuple[int, ...] = (16, 64)


def edit(name: str, code: list[str], follows: str = "", **options: Any) -> Row:
    return Row(name, residual, partial(residual, **options), tuple(code), follows)


EDITS = [
    edit(
        "stem stride 2 to 1",
        ["layer-stride conv1#0 2 > 1"],
        "jump macs r-max r-min rf-max rf-min verdict wasted-params",
        stride=1,
    ),
    edit(
        "stem stride 2 to 4",
        ["layer-stride conv1#0 2 > 4"],
        "border-layer-earlier jump macs productive-depth r-max r-min "
        "resolution-in-range resolution-out-of-range rf-max rf-min verdict wasted-macs wasted-params",
        stride=4,
    ),
    replace(
        edit(
            "stem stride 2 to 4 where some layers idle",
            ["layer-stride conv1#0 2 > 4"],
            "border-layer-earlier jump macs productive-depth r-max r-min "
            "resolution-in-range resolution-out-of-range rf-max rf-min verdict wasted-macs wasted-params",
            stride=4,
        ),
        old_sizes=(14, 64),
        new_sizes=(14, 64),
    ),
    Row(
        "stem stride 4 to 2 where some layers idle",
        partial(residual, stride=4),
        residual,
        ("layer-stride conv1#0 4 > 2",),
        "border-layer jump macs productive-depth r-max r-min "
        "resolution-in-range resolution-out-of-range rf-max rf-min verdict wasted-macs wasted-params",
        old_sizes=(14, 64),
        new_sizes=(14, 64),
    ),
    edit(
        "pool removed",
        ["layer-removed maxpool#0 MaxPool2d > None"],
        "jump macs r-max r-min rf-max rf-min verdict wasted-params",
        pool=None,
    ),
    edit(
        "max pool to average pool",
        ["layer-kind maxpool#0 MaxPool2d > AvgPool2d"],
        "",
        pool=partial(nn.AvgPool2d, 3, 2, 1),
    ),
    edit(
        "pool 3 to 2",
        ["layer-kernel maxpool#0 3 > 2", "layer-padding maxpool#0 1 > 0"],
        "r-max r-min rf-max rf-min",
        pool=partial(nn.MaxPool2d, 2, 2),
    ),
    edit(
        "kernel 7 to 3",
        ["layer-kernel conv1#0 7 > 3", "layer-padding conv1#0 3 > 1"],
        "macs params r-max rf-max rf-min verdict wasted-params",
        stem=3,
    ),
    edit(
        "kernel 3 to 5 in one block",
        ["layer-kernel layer1.0.conv1#0 3 > 5", "layer-padding layer1.0.conv1#0 1 > 2"],
        "macs params r-max rf-max rf-min",
        first={"kernel": 5},
    ),
    edit(
        "dilation added",
        ["layer-dilation layer1.0.conv1#0 1 > 2", "layer-padding layer1.0.conv1#0 1 > 2"],
        "r-max rf-max rf-min",
        first={"dilation": 2},
    ),
    edit(
        "block added to the last stage",
        [
            "layer-added layer2.2.conv1#0 None > Conv2d",
            "layer-added layer2.2.bn1#0 None > BatchNorm2d",
            "layer-added layer2.2.add#0 None > add",
            "layer-added layer2.2.relu#0 None > ReLU",
        ],
        "depth macs params productive-depth r-max wasted-params",
        blocks=(2, 3),
    ),
    edit(
        "block inserted in the middle",
        [
            "layer-added layer1.2.conv1#0 None > Conv2d",
            "layer-added layer1.2.bn1#0 None > BatchNorm2d",
            "layer-added layer1.2.add#0 None > add",
            "layer-added layer1.2.relu#0 None > ReLU",
        ],
        "depth macs params productive-depth r-max rf-max wasted-params",
        blocks=(3, 2),
    ),
    edit(
        "block removed",
        [
            "layer-removed layer1.1.conv1#0 Conv2d > None",
            "layer-removed layer1.1.bn1#0 BatchNorm2d > None",
            "layer-removed layer1.1.add#0 add > None",
            "layer-removed layer1.1.relu#0 ReLU > None",
        ],
        "depth macs params productive-depth r-max rf-max wasted-params",
        blocks=(1, 2),
    ),
    edit(
        "stage removed",
        [
            "layer-removed layer2.0.conv1#0 Conv2d > None ×2",
            "layer-removed layer2.0.bn1#0 BatchNorm2d > None ×2",
            "layer-removed layer2.0.add#0 add > None ×2",
            "layer-removed layer2.0.relu#0 ReLU > None ×2",
        ],
        "depth macs params productive-depth r-max r-min wasted-params",
        stages=("layer1",),
        blocks=(2,),
    ),
    edit(
        "stage added",
        [
            "layer-added layer3.0.conv1#0 None > Conv2d",
            "layer-added layer3.0.bn1#0 None > BatchNorm2d",
            "layer-added layer3.0.add#0 None > add",
            "layer-added layer3.0.relu#0 None > ReLU",
        ],
        "depth macs params productive-depth r-max wasted-params",
        stages=("layer1", "layer2", "layer3"),
        blocks=(2, 2, 1),
    ),
    edit("stage renamed", ["layer-renamed layer1.0.conv1#0 > stage1.0.conv1#0 ×8"], "", stages=("stage1", "layer2")),
    edit(
        "all stages renamed", ["layer-renamed layer1.0.conv1#0 > stage1.0.conv1#0 ×16"], "", stages=("stage1", "stage2")
    ),
    edit(
        "stage renamed and a block inserted",
        [
            "layer-added stage1.2.conv1#0 None > Conv2d",
            "layer-added stage1.2.bn1#0 None > BatchNorm2d",
            "layer-added stage1.2.add#0 None > add",
            "layer-added stage1.2.relu#0 None > ReLU",
            "layer-renamed layer1.0.conv1#0 > stage1.0.conv1#0 ×8",
        ],
        "depth macs params productive-depth r-max rf-max wasted-params",
        stages=("stage1", "layer2"),
        blocks=(3, 2),
    ),
    edit(
        "stage renamed and channels doubled",
        [
            "layer-channels conv1#0 3x8 > 3x16",
            "layer-channels bn1#0 8 > 16 ×9",
            "layer-renamed layer1.0.conv1#0 > stage1.0.conv1#0 ×8",
            "layer-channels fc#0 8x10 > 16x10",
        ],
        "macs params wasted-params",
        stages=("stage1", "layer2"),
        width=16,
    ),
    edit(
        "gates added everywhere",
        [
            "layer-added layer1.0.gate.pool#0 None > AdaptiveAvgPool2d ×4",
            "layer-added layer1.0.gate.fc#0 None > Conv2d ×4",
            "layer-added layer1.0.gate.sigmoid#0 None > sigmoid ×4",
            "layer-added layer1.0.gate.mul#0 None > mul ×4",
        ],
        "depth macs params productive-depth",
        gate=True,
    ),
    edit(
        "gate added to one block",
        [
            "layer-added layer1.0.gate.pool#0 None > AdaptiveAvgPool2d",
            "layer-added layer1.0.gate.fc#0 None > Conv2d",
            "layer-added layer1.0.gate.sigmoid#0 None > sigmoid",
            "layer-added layer1.0.gate.mul#0 None > mul",
        ],
        "depth macs params productive-depth",
        first={"gate": True},
    ),
    edit("norm swapped", ["layer-kind layer1.0.bn1#0 BatchNorm2d > GroupNorm ×4"], "", norm=partial(nn.GroupNorm, 2)),
    edit(
        "norm of one block without parameters",
        ["layer-kind layer1.0.bn1#0 BatchNorm2d > InstanceNorm2d"],
        "params wasted-params",
        first={"norm": nn.InstanceNorm2d},
    ),
    edit(
        "module used again",
        ["layer-added layer1.0.conv1#1 None > Conv2d", "layer-added layer1.0.bn1#1 None > BatchNorm2d"],
        "border-layer-earlier depth macs productive-depth r-max r-min resolution-out-of-range rf-max wasted-macs",
        first={"again": True},
    ),
    edit(
        "channels doubled",
        ["layer-channels conv1#0 3x8 > 3x16", "layer-channels bn1#0 8 > 16 ×9", "layer-channels fc#0 8x10 > 16x10"],
        "macs params wasted-params",
        width=16,
    ),
    edit("activation swapped", ["layer-kind layer1.0.relu#0 ReLU > GELU ×4"], "", act=nn.GELU),
    edit(
        "padding and skip removed",
        ["layer-removed layer1.0.add#0 add > None", "layer-padding layer1.0.conv1#0 1 > 0"],
        "border-layer-earlier macs productive-depth "
        "r-min resolution-out-of-range rf-min verdict wasted-macs wasted-params",
        first={"padding": 0, "skip": False},
    ),
    edit(
        "skip removed",
        ["layer-removed layer1.0.add#0 add > None"],
        "border-layer-earlier productive-depth r-min resolution-out-of-range rf-min verdict wasted-macs wasted-params",
        first={"skip": False},
    ),
    edit("depthwise", ["layer-groups layer1.0.conv1#0 1 > 8 ×4"], "macs params", groups=8),
    edit("head changed", ["layer-channels fc#0 8x10 > 8x5"], "macs params", classes=5),
    edit("head removed", ["layer-removed fc#0 Linear > None"], "macs params", classes=None),
    edit("bias added", ["layer-params layer1.0.conv1#0 576 > 584"], "params", first={"bias": True}),
    edit("dropout added", ["layer-added layer1.0.extra#0 None > Dropout"], "", first={"extra": nn.Dropout}),
    edit("identity added", [], "", first={"extra": nn.Identity}),
]
