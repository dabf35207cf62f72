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
from rfa_report.wording.text import flat

LONG_WORD, PIECE = 24, 9
"""Words with more characters than this may break, after dots and the like, and after so many letters without one: as
many as `[U+1F52C]` has."""

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
    "ß": r"\ss{}",
    "æ": r"\ae{}",
    "Æ": r"\AE{}",
    "œ": r"\oe{}",
    "Œ": r"\OE{}",
    "ø": r"\o{}",
    "Ø": r"\O{}",
    "ł": r"\l{}",
    "Ł": r"\L{}",
    "\ufffd": r"[U+FFFD]\allowbreak{}",  # LuaTeX takes this letter for a broken file
}
_ACCENTS = {
    "\u0300": r"\`",
    "\u0301": r"\'",
    "\u0302": r"\^",
    "\u0303": r"\~",
    "\u0304": r"\=",
    "\u0306": r"\u",
    "\u0307": r"\.",
    "\u0308": r"\"",
    "\u030a": r"\r",
    "\u030b": r"\H",
    "\u030c": r"\v",
    "\u0327": r"\c",
}
"""Combining marks that every encoding of TeX's fonts has, and their commands."""

_DOTLESS = {"i": r"\i", "j": r"\j"}


def render(template: str, data: object) -> str:
    """Print data by a template of `templates/paper/`."""
    return _environment(template.removesuffix(".j2").rpartition(".")[2]).get_template(template).render(data=data)


def tex_text(value: object) -> object:
    """Escape a string for TeX. What TeX has no command for is written by a macro, as its code point if need be."""
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
    if char.isascii():
        return char
    parts = unicodedata.normalize("NFD", char)
    letter, accent = parts[0], parts[1:]
    if letter.isascii() and accent in _ACCENTS:
        return f"{_ACCENTS[accent]}{{{_DOTLESS.get(letter, letter)}}}"
    return rf"\rfachar{{{ord(char):04X}}}{{{char}}}"


def _breakable(text: str, mark: str) -> str:
    """Let long words break: after dots and underscores, and anywhere after many letters."""
    return " ".join(_broken(word, mark) if len(word) > LONG_WORD else word for word in text.split(" "))


def _broken(word: str, mark: str) -> str:
    parted = re.sub(r"(?<=[._/:\]])(?=[\w\[])", mark, word)
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
