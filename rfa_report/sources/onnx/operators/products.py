"""Products of matrices, as torch spells them: views to two or three dimensions around `mm`, `addmm` and `bmm`."""

from collections.abc import Sequence
from math import prod

from rfa_report.sources.onnx import steps
from rfa_report.sources.onnx.file import Node
from rfa_report.sources.onnx.operators.arguments import Inputs, Table, first, optional
from rfa_report.sources.onnx.tape import Refusal, Tape, Tensor, Unsupported


def matmul(tape: Tape, x: Tensor, y: Tensor, bias: Tensor | None = None) -> Tensor:
    """Multiply matrices, or stacks of them; add a bias to the products with one matrix."""
    if x.rank == 1:
        product = matmul(tape, steps.unsqueeze(tape, x, 0), y)
        return steps.squeeze(tape, product, [product.rank - 2])
    if y.rank == 1:
        return steps.squeeze(tape, matmul(tape, x, steps.unsqueeze(tape, y, 1)), [-1])
    if x.shape[-1] != y.shape[-2]:
        raise Refusal(f"multiplies matrices that do not fit: {x.shape[-2:]} and {y.shape[-2:]}")
    if y.rank == 2:
        rows = steps.view(tape, x, (prod(x.shape[:-1]), x.shape[-1]))
        args, op = ([rows, y], "aten.mm.default") if bias is None else ([bias, rows, y], "aten.addmm.default")
        return steps.view(tape, tape.call(op, args, (rows.shape[0], y.shape[1])), (*x.shape[:-1], y.shape[1]))
    batch = steps.broadcast(x.shape[:-2], y.shape[:-2])
    stacks = [
        steps.view(tape, steps.expand(tape, m, (*batch, *m.shape[-2:])), (prod(batch), *m.shape[-2:])) for m in (x, y)
    ]
    shape = (prod(batch), x.shape[-2], y.shape[-1])
    return steps.view(tape, tape.call("aten.bmm.default", stacks, shape), (*batch, *shape[1:]))


def mat_mul(tape: Tape, node: Node, inputs: Inputs) -> Tensor:
    """Multiply matrices; a third input is the bias of a product that was put together with its sum."""
    return matmul(tape, first(inputs), first(inputs, 1), optional(inputs, 2))


def quantised(tape: Tape, node: Node, inputs: Inputs) -> Tensor:
    """Multiply matrices of whole numbers that stand for real ones."""
    at = {"QLinearMatMul": 3, "QGemm": 3}.get(node.op, 1)
    y = first(inputs, at)
    return matmul(tape, first(inputs), _turned(tape, y) if node.get("transB", 0) else y)


def _turned(tape: Tape, x: Tensor) -> Tensor:
    return steps.permute(tape, x, (*range(x.rank - 2), x.rank - 1, x.rank - 2))


def gemm(tape: Tape, node: Node, inputs: Inputs) -> Tensor:
    """Multiply two matrices and add a third."""
    x, y, bias = first(inputs), first(inputs, 1), optional(inputs, 2)
    x = tape.call("aten.t.default", [x], x.shape[::-1]) if node.get("transA", 0) else x
    y = tape.call("aten.t.default", [y], y.shape[::-1]) if node.get("transB", 0) else y
    return matmul(tape, x, y, bias)


def fused(tape: Tape, node: Node, inputs: Inputs) -> Tensor:
    """Multiply stacks of matrices, turned where the node says so."""
    if node.get("transBatchA", 0) or node.get("transBatchB", 0):
        raise Unsupported
    x, y = first(inputs), first(inputs, 1)
    return matmul(
        tape, _turned(tape, x) if node.get("transA", 0) else x, _turned(tape, y) if node.get("transB", 0) else y
    )


def einsum(tape: Tape, node: Node, inputs: Inputs) -> Tensor:
    """Multiply and sum over the letters that the result has not, two operands at a time."""
    operands = [x for x in inputs if x is not None]
    left, _, right = node.get("equation", "").replace(" ", "").partition("->")
    terms = left.split(",")
    dots = max(x.rank - len(t.replace("...", "")) if "..." in t else 0 for x, t in zip(operands, terms, strict=True))
    spare = "".join(c for c in "ABCDEFGHIJKLMNOPQRSTUVWXYZ" if c not in left)[:dots]
    if "->" not in node.get("equation", ""):
        letters = left.replace(",", "").replace(".", "")
        right = ("..." if dots else "") + "".join(sorted(c for c in set(letters) if letters.count(c) == 1))
    out = right.replace("...", spare)
    named = []
    for x, term in zip(operands, terms, strict=True):
        own = x.rank - len(term.replace("...", ""))
        named.append((x, term.replace("...", spare[dots - own :] if own else "")))
        if len(set(named[-1][1])) < len(named[-1][1]):
            raise Unsupported  # a diagonal
    while len(named) > 1:
        later = set(out).union(*(term for _, term in named[2:]))
        named = [_pair(tape, *named[0], *named[1], later), *named[2:]]
    x, term = named[0]
    if gone := [d for d, c in enumerate(term) if c not in out]:
        x = steps.reduce(tape, "aten.sum.dim_IntList", x, gone, keep=False)
        term = "".join(c for c in term if c in out)
    return steps.permute(tape, x, [term.index(c) for c in out])


def _pair(tape: Tape, x: Tensor, a: str, y: Tensor, b: str, later: set[str]) -> tuple[Tensor, str]:
    """Multiply two operands, and sum over the letters that both have and nobody needs later."""
    sides: list[tuple[Tensor, str]] = []
    for z, own, other in ((x, a, b), (y, b, a)):
        gone = [d for d, c in enumerate(own) if c not in other and c not in later]
        z = steps.reduce(tape, "aten.sum.dim_IntList", z, gone, keep=False) if gone else z
        sides.append((z, "".join(c for d, c in enumerate(own) if d not in gone)))
    (x, a), (y, b) = sides
    both = [c for c in a if c in b]
    batch, summed = [c for c in both if c in later], [c for c in both if c not in later]
    rows, columns = [c for c in a if c not in b], [c for c in b if c not in a]
    order = "".join((*batch, *rows, *columns))
    if not summed:
        wide = [_placed(tape, z, own, order) for z, own in sides]
        return steps.pointwise(tape, "aten.mul.Tensor", *wide), order
    size = {c: n for z, own in sides for c, n in zip(own, z.shape, strict=True)}
    left = _grouped(tape, x, a, (batch, rows, summed))
    product = matmul(tape, left, _grouped(tape, y, b, (batch, summed, columns)))
    return steps.view(tape, product, [size[c] for c in order]), order


def _placed(tape: Tape, x: Tensor, own: str, order: str) -> Tensor:
    """Bring the dimensions of an operand into an order, with a dimension of size 1 for each letter that it lacks."""
    x = steps.permute(tape, x, [own.index(c) for c in order if c in own])
    sizes = iter(x.shape)
    return steps.view(tape, x, [next(sizes) if c in own else 1 for c in order])


def _grouped(tape: Tape, x: Tensor, own: str, groups: Sequence[Sequence[str]]) -> Tensor:
    """Fold the dimensions of an operand into one for each group of letters."""
    x = steps.permute(tape, x, [own.index(c) for group in groups for c in group])
    sizes = iter(x.shape)
    return steps.view(tape, x, [prod(next(sizes) for _ in group) for group in groups])


TABLE: Table = {
    "MatMul": mat_mul,
    "Gemm": gemm,
    "Einsum": einsum,
    "FusedMatMul": fused,
    **dict.fromkeys(("MatMulInteger", "QLinearMatMul", "QGemm", "DynamicQuantizeMatMul"), quantised),
}
