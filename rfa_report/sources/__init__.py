"""Where models come from: a spec string -> a factory. One file a scheme, and the table below."""

from collections.abc import Mapping

from rfa_report.sources import python, timm_zoo, torchvision_zoo
from rfa_report.sources.source import Scheme, Source

__all__ = ["SCHEMES", "Source", "expand", "resolve"]

SCHEMES: Mapping[str, Scheme] = {"torchvision": torchvision_zoo.SCHEME, "timm": timm_zoo.SCHEME}
"""Schemes by prefix; a spec without one of these prefixes is the user's own Python."""


def resolve(spec: str, arguments: Mapping[str, object] | None = None) -> Source:
    """Find the one model that a spec names. Raises `SpecError` that offers the nearest name."""
    scheme, name = _scheme(spec)
    return scheme.resolve(name, dict(arguments or {}))


def expand(spec: str) -> list[str]:
    """List the specs that a spec with wildcards stands for. Raises `SpecError` where nothing matches."""
    scheme, name = _scheme(spec)
    return scheme.expand(name) if any(c in name for c in "*?[") else [spec]


def _scheme(spec: str) -> tuple[Scheme, str]:
    prefix, colon, name = spec.partition(":")
    if colon and prefix in SCHEMES:
        return SCHEMES[prefix], name
    return python.SCHEME, spec
