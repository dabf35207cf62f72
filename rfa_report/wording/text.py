"""Text of others, such as names and messages, as our documents can hold it."""

import re

_SPACE = re.compile(r"[^\S\u00a0]+")
_UNPRINTABLE = re.compile("[^\\s\x20-\ud7ff\ue000-\ufffd\U00010000-\U0010ffff]|[\x7f-\x9f]")


def flat(text: str) -> str:
    """Put a text on one line, without the characters that no document can hold."""
    return _SPACE.sub(" ", _UNPRINTABLE.sub("\ufffd", text))


def printable(text: str) -> str:
    """Put a text on one line, without what would steer a terminal."""
    return " ".join("".join(sign if sign.isprintable() else " " for sign in text).split())
