"""Operators whose every output depends on all of a dimension, for the output is an order or a transform of it."""

from collections.abc import Sequence
from dataclasses import replace
from typing import Any

from rfa_report.core import layout as lay
from rfa_report.core.field import Field, join
from rfa_report.rules.book import Book, Moved, Operand, Shapes, source

BOOK = Book()


def _spread(field: Field, dims: Sequence[int], shape: tuple[int, ...]) -> Field:
    """Contract dimensions and hand the result to every position of an output of the same rank."""
    gone = {d % len(shape) for d in dims} if shape else set()
    whole = field.contracted(sorted(gone))
    layout = tuple(lay.plain(n) if d in gone else whole.layout[d] for d, n in enumerate(shape))
    return replace(whole, shape=shape, layout=layout)


@BOOK.rule("aten.sort.default")
def sort(out: Shapes, x: Operand, dim: int = -1, descending: bool = False) -> Moved:
    """Order a dimension: any element may come to any place."""
    field = _spread(source(x), [dim], out[0])
    return field, field


@BOOK.rule("aten.sort.stable")
def sort_stable(out: Shapes, x: Operand, *, stable: Any = None, dim: int = -1, descending: bool = False) -> Moved:
    """Order a dimension, equal elements as they stood."""
    return sort(out, x, dim)


@BOOK.rule("aten.topk")
def topk(out: Shapes, x: Operand, k: int, dim: int = -1, *_: Any) -> Moved:
    """Take the largest elements of a dimension, which may stand anywhere in it."""
    return sort(out, x, dim)


@BOOK.rule("aten._fft_r2c", "aten._fft_c2r", "aten._fft_c2c")
def fft(out: Shapes, x: Operand, dim: Sequence[int], *_: Any) -> Moved:
    """Transform dimensions: every frequency depends on every position, and the reverse."""
    return _spread(source(x), dim, out[0])


@BOOK.rule(
    "aten._scaled_dot_product_flash_attention_for_cpu",
    "aten._scaled_dot_product_flash_attention",
    "aten._scaled_dot_product_efficient_attention",
    "aten._scaled_dot_product_cudnn_attention",
    "aten._scaled_dot_product_fused_attention_overrideable",
)
def attention(out: Shapes, query: Operand, key: Operand, value: Operand, *_: Any, **__: Any) -> Moved:
    """Attend: each query (the last dimension but one) to all keys and values; a mask counts as if it hid nothing."""
    rank = len(out[0])
    fields = [_spread(query.field, [rank - 1], out[0])] if query.field else []
    fields += [_spread(x.field, [rank - 2, rank - 1], out[0]) for x in (key, value) if x.field]
    return (join(fields, out[0]), *(None,) * (len(out) - 1))
