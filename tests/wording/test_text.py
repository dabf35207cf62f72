"""Text of others on one line: for documents and for a terminal."""

from hypothesis import given
from hypothesis import strategies as st

from rfa_report.wording.text import flat, printable


def test_what_no_document_can_hold_leaves_a_sign_and_what_steers_a_terminal_leaves_nothing() -> None:
    assert flat("a\n b\x1b[2Kc") == "a b\ufffd[2Kc"
    assert printable("a\n b\x1b[2Kc\u202e ") == "a b [2Kc"


@given(st.text())
def test_text_is_on_one_line_and_stays_as_it_is_a_second_time(text: str) -> None:
    for put in (flat, printable):
        once = put(text)
        assert len(once.splitlines()) <= 1
        assert put(once) == once
    assert printable(text).isprintable()
