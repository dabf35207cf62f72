"""Paper data -> TeX, Typst, BibTeX and SVG, by the second Jinja environment: `<< value >>`, `<% statement %>`.

Every string that a template prints is escaped once, by the language that the template is named after (`*.tex.j2`).
"""

import json
import re
import unicodedata
from collections.abc import Callable, Mapping
from functools import lru_cache

from jinja2 import Environment, FileSystemLoader, StrictUndefined
from markupsafe import Markup, escape

from rfa_report import assets
from rfa_report.render.markdown import markdown_text

LONG_WORD, PIECE = 24, 8
"""Words with more characters than this may break, after dots and the like, and after so many letters without one."""

_SPACE = re.compile(r"[^\S\u00a0]+")
_UNPRINTABLE = re.compile("[^\\s\x20-\ud7ff\ue000-\ufffd\U00010000-\U0010ffff]|[\x7f-\x9f]")

_TEX = {
    "\\": r"\textbackslash{}",
    "{": r"\{",
    "}": r"\}",
    "$": r"\$",
    "&": r"\&",
    "#": r"\#",
    "%": r"\%",
    "_": r"\_",
    "^": r"\textasciicircum{}",
    "~": r"\textasciitilde{}",
    "<": r"\textless{}",
    ">": r"\textgreater{}",
    "|": r"\textbar{}",
    '"': r"\symbol{34}",
    "`": r"\textasciigrave{}",
    "\u00a0": "~",
    "×": r"\ensuremath{\times}",
    "∞": r"\ensuremath{\infty}",
    "≥": r"\ensuremath{\geq}",
    "≤": r"\ensuremath{\leq}",
    "·": r"\ensuremath{\cdot}",
    "–": r"\textendash{}",
    "—": r"\textemdash{}",
    "…": r"\ldots{}",
    "“": r"\textquotedblleft{}",
    "”": r"\textquotedblright{}",
    "’": "'",
}
_ACCENTS = "\u0300\u0301\u0302\u0303\u0304\u0306\u0307\u0308\u030a\u030b\u030c\u0327"
"""Combining marks that every encoding of TeX's fonts has."""


def render(template: str, data: object) -> str:
    """Print data by a template of `templates/paper/`."""
    return _environment(template.removesuffix(".j2").rpartition(".")[2]).get_template(template).render(data=data)


def flat(text: str) -> str:
    """Put a text on one line, without the characters that no document can hold."""
    return _SPACE.sub(" ", _UNPRINTABLE.sub("\ufffd", text))


def tex_text(value: object) -> object:
    """Escape a string for TeX. What pdfTeX has no letter for is written with its code point, by a macro."""
    if not isinstance(value, str) or isinstance(value, Markup):
        return value
    text = "".join(_tex_char(char) for char in _breakable(flat(value), "\u200b"))
    return Markup(re.sub("-(?=-)", "-{}", text))


def typst_text(value: object) -> object:
    """Write a string as an expression of Typst, so that nothing in it is markup."""
    if not isinstance(value, str) or isinstance(value, Markup):
        return value
    return Markup(f"#{typst_string(_breakable(value, chr(0x200B)))};")


def typst_string(value: str) -> Markup:
    """Write a string in quotes, as Typst's code takes it."""
    quoted = flat(value).replace("\\", "\\\\").replace('"', '\\"')
    return Markup(f'"{quoted}"')


def xml_text(value: object) -> object:
    """Escape a string for SVG."""
    return escape(flat(value)) if isinstance(value, str) else value


def toml_text(value: object) -> Markup:
    """Write a value as TOML, whose strings, numbers and lists of them are those of JSON."""
    return Markup(json.dumps(flat(value) if isinstance(value, str) else value, ensure_ascii=False))


def _tex_char(char: str) -> str:
    if char == "\u200b":
        return r"\allowbreak{}"
    if char in _TEX:
        return _TEX[char]
    return char if _has_letter(char) else rf"\rfachar{{{ord(char):04X}}}{{{char}}}"


def _has_letter(char: str) -> bool:
    """Tell whether pdfTeX can write a character: ASCII, or a letter of it with one accent."""
    plain = unicodedata.normalize("NFD", char)
    return plain.isascii() or (len(plain) == 2 and plain[0].isascii() and plain[1] in _ACCENTS and char < "\u0180")


def _breakable(text: str, mark: str) -> str:
    """Let long words break: after dots and underscores, and anywhere after many letters."""
    return " ".join(_broken(word, mark) if len(word) > LONG_WORD else word for word in text.split(" "))


def _broken(word: str, mark: str) -> str:
    parted = re.sub(r"(?<=[._/#:])(?=\w)", mark, word)
    return re.sub(rf"([^{mark}]{{{PIECE}}})(?=[^{mark}])", rf"\1{mark}", parted)


_FINALIZE: Mapping[str, Callable[[object], object]] = {
    "tex": tex_text,
    "typ": typst_text,
    "bib": tex_text,
    "svg": xml_text,
    "toml": toml_text,
    "md": markdown_text,
}


@lru_cache
def _environment(language: str) -> Environment:
    environment = Environment(
        loader=FileSystemLoader(assets.templates() / "paper"),
        undefined=StrictUndefined,
        finalize=_FINALIZE[language],
        block_start_string="<%",
        block_end_string="%>",
        variable_start_string="<<",
        variable_end_string=">>",
        comment_start_string="<#",
        comment_end_string="#>",
        trim_blocks=True,
        lstrip_blocks=True,
        keep_trailing_newline=True,
    )
    environment.filters |= {"string": typst_string, "number": Markup}
    return environment
