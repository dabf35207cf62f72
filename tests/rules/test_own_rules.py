"""The rules that README and the rules' own README show, as they stand there."""

import re
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
import torch
from torch import Tensor, nn
from torch.nn import functional as F  # noqa: N812 -- everybody's name for it

import rfa_report
from rfa_report.core.operator import How
from rfa_report.rules import Book

ROOT = Path(__file__).resolve().parents[2]


def _book(page: str) -> Book:
    """Run the first example on a page that makes a book of rules."""
    code = re.search(
        r"```python\n(from rfa_report\.rules import Book.*?)```", (ROOT / page).read_text("utf-8"), re.DOTALL
    )
    assert code
    names: dict[str, Any] = {}
    exec(code[1], names)
    book = names["book"]
    assert isinstance(book, Book)
    return book


def _blur(x: Tensor, sigma: float) -> Tensor:
    return F.avg_pool2d(x, 5, 1, 2)


def _swish(x: Tensor) -> Tensor:
    return x * x.sigmoid()


@pytest.fixture(scope="module", autouse=True)
def _operators() -> Iterator[None]:
    library = torch.library.Library("mylib", "DEF")
    library.define("blur(Tensor x, float sigma) -> Tensor")
    library.define("swish(Tensor x) -> Tensor")
    for key in ("CPU", "Meta"):
        library.impl("blur", _blur, key)
        library.impl("swish", _swish, key)
    yield
    library._destroy()


class Net(nn.Module):
    def __init__(self, operator: str, *more: float) -> None:
        super().__init__()
        self.operator, self.more = operator, more
        self.conv = nn.Conv2d(3, 4, 3, 2)

    def forward(self, x: Tensor) -> Tensor:
        y: Tensor = getattr(torch.ops.mylib, self.operator)(self.conv(x), *self.more)
        return y


def test_the_three_lines_of_the_readme() -> None:
    at = rfa_report.analyze(Net("swish"), 16, rules=_book("README.md")).at(16)
    assert at.operators["mylib.swish.default"] is How.NEUTRAL
    assert at.layer("swish#0").rf_max == {"h": 3, "w": 3}


def test_the_window_of_the_rules_readme() -> None:
    book = _book("rfa_report/rules/README.md")
    ruled = rfa_report.analyze(Net("blur", 1.5), 33, rules=book).at(33)
    layer = ruled.layer("blur#0")
    assert ruled.operators["mylib.blur.default"] is How.RULED
    assert (layer.rf_max["h"], layer.jump["h"]) == (11, 2)
    measured = rfa_report.analyze(Net("blur", 1.5), 33).at(33)
    assert measured.operators["mylib.blur.default"] is How.MEASURED
    for axis in "hw":
        ours, theirs = layer.reach(axis), measured.layer("blur#0").reach(axis)
        assert ours is not None
        assert theirs is not None
        assert (ours[0].tolist(), ours[1].tolist()) == (theirs[0].tolist(), theirs[1].tolist())


def test_a_rule_for_a_ruled_operator_is_refused() -> None:
    book = Book()
    book.neutral("aten.convolution", why="is not")
    with pytest.raises(ValueError, match=r"operator aten\.convolution has a rule already"):
        rfa_report.analyze(nn.Conv2d(3, 4, 3), 16, rules=book)
