"""Find empty boxes in a PDF of the engine: glyph 0 of a font, which stands for what the font has no glyph for."""

import re
import zlib

_STREAM = re.compile(rb"stream\r?\n(.*?)\r?\nendstream", re.DOTALL)
_SHOWN = re.compile(rb"\(((?:\\.|[^\\()])*)\)", re.DOTALL)
_ESCAPE = re.compile(rb"\\([0-7]{1,3}|.)", re.DOTALL)
_NAMED = {b"n": b"\n", b"r": b"\r", b"t": b"\t", b"b": b"\b", b"f": b"\f"}


def boxes_in(pdf: bytes) -> int:
    """Count boxes; the engine names each glyph by two bytes."""
    texts = [text for stream in _streams(pdf) if b"Tf" in stream for text in _SHOWN.findall(stream)]
    assert texts, "no text at all"
    glyphs = [_ESCAPE.sub(_byte, text) for text in texts]
    return sum(text[n : n + 2] == b"\0\0" for text in glyphs for n in range(0, len(text), 2))


def _streams(pdf: bytes) -> list[bytes]:
    found = []
    for packed in _STREAM.findall(pdf):
        try:
            found.append(zlib.decompress(packed))
        except zlib.error:
            found.append(packed)
    return found


def _byte(found: re.Match[bytes]) -> bytes:
    code = found[1]
    return bytes([int(code, 8)]) if code.isdigit() else _NAMED.get(code, code)
