"""Where models come from: a spec -> Subject. One file a scheme, and one line in the table below."""

from collections.abc import Mapping
from dataclasses import replace

from rfa_report.core.errors import SpecError
from rfa_report.core.subject import Subject
from rfa_report.sources import onnx_file, python, timm_zoo, torchvision_zoo
from rfa_report.sources.inputs import Inputs, inputs_of
from rfa_report.sources.python import given, load
from rfa_report.sources.scheme import Scheme

__all__ = [
    "SCHEMES",
    "Inputs",
    "Scheme",
    "expand",
    "forms",
    "given",
    "inputs_of",
    "load",
    "resolve",
    "scheme_of",
    "whole_zoo",
    "zoos",
]

SCHEMES: tuple[Scheme, ...] = (
    torchvision_zoo.SCHEME,
    timm_zoo.SCHEME,
    onnx_file.SCHEME,
    python.SCHEME,  # the last: what no other scheme reads is the user's own Python
)
"""All ways to name models, in the order in which people are told of them."""


def scheme_of(spec: str) -> Scheme:
    """Choose the scheme that a spec is written for."""
    return next((scheme for scheme in SCHEMES if scheme.reads(spec)), python.SCHEME)


def resolve(spec: str, arguments: Mapping[str, object] | None = None) -> Subject:
    """Find and build the one model that a spec names.

    Raises `SpecError` that offers the nearest name, or the line that installs what is missing, and `ModelError` where
    the constructor raises.
    """
    scheme = scheme_of(spec)
    subject = scheme.resolve(scheme.name(spec), arguments or {})
    return replace(subject, versions=scheme.versions())


def zoos() -> list[str]:
    """List the prefixes of those schemes whose names can be listed."""
    return [scheme.prefix for scheme in SCHEMES if scheme.names]


def forms() -> str:
    """Say how specs are written."""
    return ", ".join(scheme.form for scheme in SCHEMES)


def whole_zoo(zoo: str) -> list[str]:
    """List the specs of a whole zoo (`timm`), or those that a pattern matches (`timm:resnet*`), of every kind.

    Raises `SpecError` where there is no such zoo or nothing matches.
    """
    prefix, _, pattern = zoo.partition(":")
    scheme = next((scheme for scheme in SCHEMES if scheme.prefix == prefix), None)
    if scheme is None or scheme.names is None:
        raise SpecError(f"there is no zoo {prefix!r}", f"name one of {', '.join(zoos())}")
    return scheme.matches(pattern or "*", scheme.names())


def expand(spec: str) -> list[str]:
    """List the specs that a spec with wildcards stands for. Raises `SpecError` where nothing matches."""
    scheme = scheme_of(spec)
    name = scheme.name(spec)
    if not any(c in name for c in "*?["):
        return [spec]
    names = scheme.common or scheme.names
    if names is None:
        prefixes = " and ".join(f"{prefix}:" for prefix in zoos())
        raise SpecError(f"{spec!r}: wildcards work with {prefixes} only", "name one model")
    return scheme.matches(name, names())
