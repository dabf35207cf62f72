"""Which calls of a recording a reader would draw as one box, and what the box is called."""

from collections import Counter
from collections.abc import Iterator
from dataclasses import dataclass

from rfa_report.core.recording import Call, Recording
from rfa_report.rules import Book

FUNCTION_KINDS = {
    "addmm": "linear",
    "mm": "matmul",
    "bmm": "matmul",
    "baddbmm": "matmul",
    "_softmax": "softmax",
    "_safe_softmax": "softmax",
    "max_pool2d_with_indices": "max_pool2d",
    "_adaptive_avg_pool2d": "adaptive_avg_pool2d",
    "native_layer_norm": "layer_norm",
    "native_batch_norm": "batch_norm",
    "native_group_norm": "group_norm",
    "linalg_vector_norm": "norm",
    "im2col": "unfold",
}
"""How a reader calls an operator outside of leaf modules, where ATen has another name for it."""


@dataclass(frozen=True, slots=True)
class Span:
    """The calls of one box."""

    id: str
    kind: str
    module: str
    start: int
    stop: int
    inputs: tuple[int, ...]
    outputs: tuple[int, ...]


def spans(recording: Recording, book: Book) -> list[Span]:
    """Find the boxes in execution order: calls of leaf modules, and operators outside of them that a person draws."""
    boxes = (*_modules(recording), *_functions(recording, book))
    return sorted(boxes, key=lambda span: (span.start, span.stop))


def _modules(recording: Recording) -> Iterator[Span]:
    for scope in recording.scopes:
        if scope.leaf and (scope.stop > scope.start or scope.outputs):
            name = scope.id if scope.path else f"{scope.kind.lower()}{scope.id}"
            yield Span(name, scope.kind, scope.path, scope.start, scope.stop, scope.inputs, scope.outputs)


def _functions(recording: Recording, book: Book) -> Iterator[Span]:
    counts: Counter[str] = Counter()
    taken = {scope.id for scope in recording.scopes if scope.leaf}
    live = set(recording.inputs)
    for index, call in enumerate(recording.calls):
        if live.isdisjoint(call.inputs):
            continue
        live.update(v for v in call.outputs if v is not None)
        rule = book.find(call)
        if recording.scopes[call.scope].leaf or (rule and rule.bookkeeping):
            continue
        scope = recording.scopes[call.scope]
        kind = _function_kind(call)
        path = f"{scope.path}.{kind}" if scope.path else kind
        while f"{path}#{counts[path]}" in taken:
            counts[path] += 1
        outputs = tuple(v for v in call.outputs if v is not None)
        yield Span(f"{path}#{counts[path]}", kind, scope.path, index, index + 1, call.inputs, outputs)
        counts[path] += 1


def _function_kind(call: Call) -> str:
    name = call.packet
    if name == "convolution":
        return f"conv{len(call.args[3])}d"
    if "upsample" in name:
        return "interpolate"
    return "pad" if "_pad" in name else FUNCTION_KINDS.get(name, name)
