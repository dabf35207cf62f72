"""What ran during one forward pass: plain data in single-assignment form, without torch.

Every tensor that existed is a value with a number of its own. An in-place operator makes a new value, and a write
through a view is followed by a `rfa.scatter` call that makes the new value of its base: whoever reads a Recording
needs to know nothing about aliasing.
"""

from collections.abc import Mapping
from dataclasses import dataclass, field
from functools import cache
from typing import Any, Literal, TypeAlias

from numpy.typing import NDArray

from rfa_report.core.inputs import Input

Origin: TypeAlias = Literal["input", "parameter", "constant", "call"]

SCATTER = "rfa.scatter"
"""Write a value into its base through a chain of views: `(base, value, *[(op, args, kwargs, output index)])`."""

SUMS = frozenset({"add", "addmm", "baddbmm"})
"""Operators that may add a mask to scores."""

HIDDEN = -1e9
"""From which score downwards nothing is left of it behind a softmax, and nothing that is added to it is seen."""


@dataclass(frozen=True, slots=True)
class Ref:
    """A value among the arguments of a call."""

    value: int


@dataclass(frozen=True, slots=True)
class Value:
    """One tensor: shape, strides and offset in elements, where it came from, torch's name of its type."""

    shape: tuple[int, ...]
    stride: tuple[int, ...]
    origin: Origin
    dtype: str
    offset: int = 0


@dataclass(frozen=True, slots=True)
class Call:
    """One operator call: `inputs` are the values that it reads, in argument order.

    `outputs` has None where the operator returned no tensor.
    """

    op: str
    args: tuple[Any, ...]
    kwargs: Mapping[str, Any]
    inputs: tuple[int, ...]
    outputs: tuple[int | None, ...]
    scope: int
    pointwise: bool

    @property
    def packet(self) -> str:
        """Name the operator without its namespace and overload, as in `convolution`."""
        return _packet(self.op)


@cache
def _packet(op: str) -> str:
    return op.split(".")[1] if "." in op else op


@dataclass(frozen=True, slots=True)
class Scope:
    """One call of a module, or of a function that a reader sees as one box.

    `start` and `stop` delimit its calls; `leaf` says that nothing inside is a box of its own. `names` are those of its
    outputs where it returns several: keys, or else numbers.
    """

    path: str
    index: int
    kind: str
    leaf: bool
    parent: int | None
    start: int
    stop: int
    inputs: tuple[int, ...]
    outputs: tuple[int, ...]
    names: tuple[str, ...] = ()

    @property
    def id(self) -> str:
        """Name the call as `module.path#call`, stable between runs and machines."""
        return f"{self.path}#{self.index}"


@dataclass(frozen=True, slots=True)
class Recording:
    """Everything that ran, in order.

    `tables` has the numbers of constant values that say where an operator reads or writes, or that hide something, as
    masks do. `refusal` is the model's own message where it stopped early. `size` is the resolution, and `given` says
    which dimensions of the inputs run along it; left out, those behind batch and channels do. `names` are those of the
    outputs where there are several: keys, or else numbers.
    """

    values: tuple[Value, ...]
    calls: tuple[Call, ...]
    scopes: tuple[Scope, ...]
    inputs: tuple[int, ...]
    outputs: tuple[int, ...]
    tables: Mapping[int, NDArray[Any]] = field(default_factory=dict)
    refusal: str | None = None
    device: Literal["meta", "cpu"] = "meta"
    size: tuple[int, ...] = ()
    given: tuple[Input, ...] = ()
    names: tuple[str, ...] = ()

    @property
    def resolution(self) -> tuple[int, ...]:
        """Return the size of the input along each axis."""
        return self.size or self.values[self.inputs[0]].shape[2:]
