"""Where models come from: a spec string -> a factory. One file a scheme, and the table below."""

from collections.abc import Mapping
from fnmatch import fnmatchcase

from rfa_report.core.errors import SpecError
from rfa_report.sources import python, timm_zoo, torchvision_zoo
from rfa_report.sources.python import load
from rfa_report.sources.source import Scheme, Source

__all__ = ["SCHEMES", "Source", "expand", "load", "resolve", "whole_zoo"]

SCHEMES: Mapping[str, Scheme] = {"torchvision": torchvision_zoo.SCHEME, "timm": timm_zoo.SCHEME}
"""Schemes by prefix; a spec without one of these prefixes is the user's own Python."""


def resolve(spec: str, arguments: Mapping[str, object] | None = None) -> Source:
    """Find the one model that a spec names. Raises `SpecError` that offers the nearest name."""
    scheme, name = _scheme(spec)
    return scheme.resolve(name, dict(arguments or {}))


def whole_zoo(zoo: str) -> list[str]:
    """List the specs of a whole zoo (`timm`), or those that a pattern matches (`timm:resnet*`), of every kind.

    Raises `SpecError` where there is no such zoo or nothing matches.
    """
    prefix, _, pattern = zoo.partition(":")
    if prefix not in SCHEMES:
        raise SpecError(f"there is no zoo {prefix!r}", f"name one of {', '.join(SCHEMES)}")
    found = [f"{prefix}:{name}" for name in SCHEMES[prefix].names() if fnmatchcase(name, pattern or "*")]
    if not found:
        raise SpecError(f"no {prefix} model matches {pattern!r}", f"widen the pattern, for example {prefix}:resnet*")
    return found


def expand(spec: str) -> list[str]:
    """List the specs that a spec with wildcards stands for. Raises `SpecError` where nothing matches."""
    scheme, name = _scheme(spec)
    return scheme.expand(name) if any(c in name for c in "*?[") else [spec]


def _scheme(spec: str) -> tuple[Scheme, str]:
    prefix, colon, name = spec.partition(":")
    if colon and prefix in SCHEMES:
        return SCHEMES[prefix], name
    return python.SCHEME, spec
