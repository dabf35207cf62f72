"""Attention in one operator."""

from typing import Any

from rfa_report.core.field import join
from rfa_report.rules.book import Book, Moved, Operand, Shapes
from rfa_report.rules.reductions import spread

BOOK = Book()


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
    fields = [spread(query.field, [rank - 1], out[0])] if query.field else []
    fields += [spread(x.field, [rank - 2, rank - 1], out[0]) for x in (key, value) if x.field]
    return (join(fields, out[0]), *(None,) * (len(out) - 1))
