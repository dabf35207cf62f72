"""The book of rules says why an operator is judged as it is."""

import pytest

from rfa_report import analyze
from rfa_report.core.operator import How
from rfa_report.rules import BOOK, Book, Operand


@pytest.mark.parametrize(
    ("name", "how", "why"),
    [
        ("aten.convolution.default", How.RULED, "Convolve"),
        ("aten.relu.default", How.NEUTRAL, "pointwise"),
        ("aten.hardswish.default", How.NEUTRAL, "tag is missing"),
        ("aten.renorm.default", How.MEASURED, "random numbers"),
        ("aten.bernoulli.default", How.UNKNOWN, "could not be measured"),
        ("mine.blur.default", How.RULED, ""),
        ("mine.blur.default", How.NEUTRAL, ""),
    ],
)
def test_there_is_a_reason_where_the_book_has_the_operator(name: str, how: How, why: str) -> None:
    assert why in BOOK.reason(name, how)
    assert bool(BOOK.reason(name, how)) == bool(why)
    assert "`" not in BOOK.reason(name, how)


def test_a_rule_of_the_users_own_says_its_reason_in_the_report() -> None:
    own = Book()

    @own.rule("mine.blur.default")
    def blur(out: tuple[tuple[int, ...], ...], x: Operand) -> None:
        """Blur with 3 taps."""

    assert Book.of(BOOK, own).reason("mine.blur.default", How.RULED) == "Blur with 3 taps"


@pytest.mark.slow
def test_reports_hold_the_reasons_of_all_their_operators() -> None:
    report = analyze("torchvision:resnet18", 64)
    assert report.reasons.keys() == report.operators.keys()
    assert report.reasons["aten.convolution.default"].startswith("Convolve")
