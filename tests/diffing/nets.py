"""A small residual network whose every property can be changed, and some nets that are written differently."""

from collections import OrderedDict
from collections.abc import Callable, Sequence
from typing import Any

import torch
from torch import Tensor, nn


class Gate(nn.Module):
    """Squeeze and excite."""

    def __init__(self, width: int) -> None:
        super().__init__()
        self.pool = nn.AdaptiveAvgPool2d(1)
        self.fc = nn.Conv2d(width, width, 1)

    def forward(self, x: Tensor) -> Tensor:
        return x * torch.sigmoid(self.fc(self.pool(x)))


class Block(nn.Module):
    def __init__(self, width: int, **options: Any) -> None:
        super().__init__()
        kernel, dilation = options.get("kernel", 3), options.get("dilation", 1)
        padding = options.get("padding", dilation * (kernel // 2))
        bias, groups = options.get("bias", False), options.get("groups", 1)
        norm, act = options.get("norm", nn.BatchNorm2d), options.get("act", nn.ReLU)
        self.conv1 = nn.Conv2d(width, width, kernel, 1, padding, dilation, groups, bias)
        self.bn1 = norm(width)
        self.relu = act()
        self.gate = Gate(width) if options.get("gate") else None
        self.again = options.get("again", False)
        self.extra = options.get("extra", nn.Identity)()
        self.skip = options.get("skip", True)

    def forward(self, x: Tensor) -> Tensor:
        y = self.bn1(self.conv1(x))
        if self.again:
            y = self.bn1(self.conv1(y))
        if self.gate is not None:
            y = self.gate(y)
        y = self.extra(y)
        return self.relu(y + x) if self.skip else self.relu(y)


def residual(
    *,
    stem: int = 7,
    stride: int = 2,
    pool: Callable[[], nn.Module] | None = lambda: nn.MaxPool2d(3, 2, 1),
    stages: Sequence[str] = ("layer1", "layer2"),
    blocks: Sequence[int] = (2, 2),
    width: int = 8,
    classes: int | None = 10,
    first: dict[str, Any] | None = None,
    channels: int = 3,
    **options: Any,
) -> nn.Module:
    """Make the network; `first` are options of the very first block only."""
    parts: list[tuple[str, nn.Module]] = [
        ("conv1", nn.Conv2d(channels, width, stem, stride, stem // 2, bias=False)),
        ("bn1", nn.BatchNorm2d(width)),
        ("relu", nn.ReLU()),
    ]
    if pool:
        parts.append(("maxpool", pool()))
    for stage, (name, count) in enumerate(zip(stages, blocks, strict=True)):
        chosen = [{**options, **(first or {})} if (stage, n) == (0, 0) else options for n in range(count)]
        parts.append((name, nn.Sequential(*(Block(width, **found) for found in chosen))))
    parts.append(("avgpool", nn.AdaptiveAvgPool2d(1)))
    if classes:
        parts += [("flatten", nn.Flatten()), ("fc", nn.Linear(width, classes))]
    return nn.Sequential(OrderedDict(parts))


def chain(*layers: tuple[Any, ...] | Callable[[], nn.Module]) -> nn.Module:
    """Make a Sequential with numbers for names, of convolutions (in, out, kernel) and classes without arguments."""
    return nn.Sequential(*(nn.Conv2d(*found) if isinstance(found, tuple) else found() for found in layers))


class Wording(nn.Conv2d):
    """Refuse small maps in words that no version of torch changes."""

    def forward(self, x: Tensor) -> Tensor:
        if x.shape[-1] < self.kernel_size[-1]:
            raise ValueError("a kernel larger than its map has nothing to stand on")
        return super().forward(x)


class Ordered(nn.Module):
    """Run named layers in the order given, whatever the order of their definition; a name may come twice."""

    def __init__(self, order: str, skip: str | None = None) -> None:
        super().__init__()
        self.a, self.b, self.c = nn.Conv2d(4, 4, 3, padding=1), nn.Conv2d(4, 4, 5, padding=2), nn.BatchNorm2d(4)
        self.stem = nn.Conv2d(3, 4, 1)
        self.order, self.skip = order, skip

    def forward(self, x: Tensor) -> Tensor:
        kept = x = self.stem(x)
        for name in self.order:
            x = getattr(self, name)(x)
            if name == self.skip:
                kept = x
        return x + kept


class Functional(nn.Module):
    """Do by functions what `residual` may do by modules."""

    def __init__(self, act: Callable[[Tensor], Tensor]) -> None:
        super().__init__()
        self.conv = nn.Conv2d(3, 4, 3)
        self.relu = act

    def forward(self, x: Tensor) -> Tensor:
        return self.relu(self.conv(x))


class Unknown(nn.Module):
    """Draw random numbers, which no rule can follow, or do not."""

    def __init__(self, *, drawn: bool) -> None:
        super().__init__()
        self.conv = nn.Conv2d(3, 4, 3)
        self.drawn = drawn

    def forward(self, x: Tensor) -> Tensor:
        return self.conv(torch.bernoulli(x) if self.drawn else torch.relu(x))
