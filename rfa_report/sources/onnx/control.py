"""Nodes that decide what runs, and sequences of tensors."""

from collections.abc import Callable, Mapping, MutableMapping, Sequence
from typing import TypeAlias

from rfa_report.sources.onnx import steps
from rfa_report.sources.onnx.file import Graph, Node
from rfa_report.sources.onnx.tape import Numbers, Refusal, Tape, Tensor, constant

Item: TypeAlias = Tensor | tuple[Tensor, ...]
"""What a name stands for: a tensor, or a sequence of them."""

Names: TypeAlias = MutableMapping[str, Item]
Inside: TypeAlias = Callable[[Graph, Sequence[Item]], list[Item]]
"""Runs a graph of the node's with inputs, and returns its outputs."""

Control: TypeAlias = Callable[[Tape, Node, Names, Inside], Sequence[Item]]

MOST_TURNS = 4096
"""How often the body of a loop is run."""


def _known(names: Names, name: str) -> Numbers | None:
    """Return the numbers of a tensor that decides what runs; None where they depend on the input."""
    item = names.get(name)
    return item.look() if isinstance(item, Tensor) and not item.live else None


def _tensor(names: Names, name: str) -> Tensor:
    item = names[name]
    if not isinstance(item, Tensor):
        raise Refusal(f"{name} is a sequence where a tensor is taken")
    return item


def either(tape: Tape, node: Node, names: Names, inside: Inside) -> Sequence[Item]:
    """Run the branch that a constant chooses; where the data choose, run both, and choose element by element."""
    branches: list[Graph] = [node.get("then_branch"), node.get("else_branch")]
    condition = _known(names, node.inputs[0])
    if condition is not None:
        return inside(branches[0 if condition.all() else 1], [])
    yes, no = (inside(branch, []) for branch in branches)
    where, chosen = _tensor(names, node.inputs[0]), list[Item]()
    for a, b in zip(yes, no, strict=True):
        if not (isinstance(a, Tensor) and isinstance(b, Tensor)) or a.shape != b.shape:
            raise Refusal(f"{node.op} {node.name} chooses by the data between results of different shapes")
        chosen.append(tape.call("aten.where.self", [where, a, b], a.shape, dtype=a.dtype))
    return chosen


def loop(tape: Tape, node: Node, names: Names, inside: Inside) -> Sequence[Item]:
    """Run the body of a loop as often as constants say."""
    count, condition = (*node.inputs[:2], "")[:2]
    turns = _known(names, count) if count else None
    most = MOST_TURNS if turns is None else int(turns.reshape(-1)[0])
    going = _known(names, condition) if condition else None
    if most > MOST_TURNS or (turns is None and going is None):
        raise Refusal(f"{node.op} {node.name} runs as often as the data say, or more than {MOST_TURNS} times")
    state: list[Item] = [names[name] for name in node.inputs[2:]]
    rows: list[list[Item]] = []
    for turn in range(most):
        if going is not None and not going.all():
            break
        first, *made = inside(node.get("body"), [constant(turn), constant(True), *state])
        going = first.look() if isinstance(first, Tensor) and not first.live else None
        if going is None and turns is None:
            raise Refusal(f"{node.op} {node.name} ends when the data say so")
        state = made[: len(state)]
        rows.append(made[len(state) :])
    return [*state, *_stacked(tape, rows)]


def scan(tape: Tape, node: Node, names: Names, inside: Inside) -> Sequence[Item]:
    """Run the body of a scan for each position of its sequences."""
    count = len(node.inputs) - node.get("num_scan_inputs", 1)
    state: list[Item] = [names[name] for name in node.inputs[:count]]
    sequences = [_tensor(names, name) for name in node.inputs[count:]]
    rows: list[list[Item]] = []
    for turn in range(sequences[0].shape[0]):
        given = [steps.squeeze(tape, steps.cut(tape, x, 0, turn, turn + 1), [0]) for x in sequences]
        made = inside(node.get("body"), [*state, *given])
        state = made[: len(state)]
        rows.append(made[len(state) :])
    return [*state, *_stacked(tape, rows)]


def _stacked(tape: Tape, rows: Sequence[Sequence[Item]]) -> list[Item]:
    columns = zip(*rows, strict=True)
    return [
        steps.cat(tape, [steps.unsqueeze(tape, x, 0) for x in column if isinstance(x, Tensor)], 0) for column in columns
    ]


def construct(tape: Tape, node: Node, names: Names, inside: Inside) -> Sequence[Item]:
    """Make a sequence of tensors."""
    return [tuple(_tensor(names, name) for name in node.inputs)]


def insert(tape: Tape, node: Node, names: Names, inside: Inside) -> Sequence[Item]:
    """Put a tensor into a sequence, at the end unless told otherwise."""
    parts, at = _sequence(names, node.inputs[0]), None
    if len(node.inputs) > 2:
        at = _known(names, node.inputs[2])
    place = len(parts) if at is None else int(at)
    return [(*parts[:place], _tensor(names, node.inputs[1]), *parts[place:])]


def pick(tape: Tape, node: Node, names: Names, inside: Inside) -> Sequence[Item]:
    """Take one tensor of a sequence."""
    at = _known(names, node.inputs[1])
    if at is None:
        raise Refusal(f"{node.op} {node.name} picks a tensor by the data")
    return [_sequence(names, node.inputs[0])[int(at)]]


def join(tape: Tape, node: Node, names: Names, inside: Inside) -> Sequence[Item]:
    """Put the tensors of a sequence one behind another, along a dimension or a new one."""
    parts, at = _sequence(names, node.inputs[0]), node.get("axis", 0)
    return [steps.cat(tape, [steps.unsqueeze(tape, x, at) for x in parts] if node.get("new_axis", 0) else parts, at)]


def split(tape: Tape, node: Node, names: Names, inside: Inside) -> Sequence[Item]:
    """Cut a dimension into a sequence of pieces, of length 1 unless told otherwise."""
    x = _tensor(names, node.inputs[0])
    at = node.get("axis", 0) % x.rank
    sizes = _known(names, node.inputs[1]) if len(node.inputs) > 1 else None
    n, drop = x.shape[at], sizes is None and not node.get("keepdims", 1)
    step = 1 if sizes is None else int(sizes) if sizes.ndim == 0 else 0
    lengths = [min(step, n - i) for i in range(0, n, step)] if step else [int(k) for k in sizes.reshape(-1)]  # type: ignore[union-attr]  # step is 0 for a table only
    starts = [sum(lengths[:i]) for i in range(len(lengths))]
    pieces = [steps.cut(tape, x, at, start, start + k) for start, k in zip(starts, lengths, strict=True)]
    return [tuple(steps.squeeze(tape, piece, [at]) if drop else piece for piece in pieces)]


def length(tape: Tape, node: Node, names: Names, inside: Inside) -> Sequence[Item]:
    """Count the tensors of a sequence."""
    return [constant(len(_sequence(names, node.inputs[0])))]


def _sequence(names: Names, name: str) -> tuple[Tensor, ...]:
    item = names[name]
    return item if isinstance(item, tuple) else (item,)


CONTROL: Mapping[str, Control] = {
    "If": either,
    "Loop": loop,
    "Scan": scan,
    "SequenceConstruct": construct,
    "SequenceEmpty": construct,
    "SequenceInsert": insert,
    "SequenceAt": pick,
    "ConcatFromSequence": join,
    "SplitToSequence": split,
    "SequenceLength": length,
}
"""Nodes that take or give more than tensors."""
