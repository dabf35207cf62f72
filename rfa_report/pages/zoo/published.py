"""Published numbers beside ours: sizes, strides and paddings of the same architectures, and why they differ."""

from collections.abc import Sequence
from dataclasses import dataclass

from rfa_report.pages.page import Page
from rfa_report.pages.zoo.row import IndexRow

UNEVEN = (
    "TensorFlow's SAME padding puts an odd row at the end, so at 224 px, their input here, a strided operator pads one "
    "position less at the beginning"
)
MOVED = (
    "TF-slim puts the stride of a stage into its last block, torchvision into the first block of the next one. There "
    "the first 3×3 convolution of each of the last three stages runs at twice the jump: 8 + 16 + 32 = 56 px more in "
    f"size, 28 in padding. {UNEVEN}, and the pooling has 2 px less; at 321 px, where it does not, they have 2 more."
)


@dataclass(frozen=True, slots=True)
class Figure:
    """What is published of an architecture, the spec of ours that is the same one, and why the two differ."""

    spec: str
    name: str
    size: str
    stride: str
    padding: str
    why: str = ""


TF_SLIM = (
    Figure(
        "torchvision:alexnet",
        "alexnet_v2",
        "195",
        "32",
        "64",
        "torchvision pads the first convolution by 2 px, TF-slim does not.",
    ),
    Figure("torchvision:vgg11", "vgg_a", "150", "32", "59"),
    Figure("torchvision:vgg16", "vgg_16", "212", "32", "90"),
    Figure("torchvision:inception_v3", "inception_v3", "1311", "32", "618"),
    Figure("timm:inception_v4", "inception_v4", "2071", "32", "998"),
    Figure("timm:inception_resnet_v2", "inception_resnet_v2", "3039", "32", "1482"),
    Figure(
        "timm:mobilenetv1_100",
        "mobilenet_v1",
        "315",
        "32",
        "126",
        f"{UNEVEN}: 1 + 2 + 4 + 8 + 16 = 31 px over the five strides. At 321 px, where it does not, they have 157 too.",
    ),
    Figure("torchvision:resnet50", "resnet_v1_50", "483", "32", "239", MOVED),
    Figure("torchvision:resnet101", "resnet_v1_101", "1027", "32", "511", MOVED),
    Figure("torchvision:resnet152", "resnet_v1_152", "1507", "32", "751", MOVED),
)
"""Araujo, Norris and Sim: the table of networks of their library, which computes TF-slim's models."""

FEASIBLE = (
    Figure(
        "torchvision:resnet50",
        "ResNet-50",
        "75",
        "",
        "",
        "75 px follow from the receptive field alone. By the full rule a layer is also unproductive where its kernel "
        "covers its whole map: up to 96 px the last stage has 3×3 maps under 3×3 kernels.",
    ),
)
"""The manual of rfa_toolbox: the smallest input at which nothing is unproductive."""


@dataclass(frozen=True, slots=True)
class Ours:
    """Our numbers of an architecture that is on this site."""

    slug: str
    title: str
    size: str
    stride: str
    padding: str


@dataclass(frozen=True, slots=True)
class PublishedRow:
    """A row: what is published, and ours where the architecture is on this site."""

    published: Figure
    ours: Ours | None
    same: bool


@dataclass(frozen=True, slots=True)
class PublishedData:
    """What the page prints."""

    sizes: tuple[PublishedRow, ...]
    reasons: tuple[tuple[str, str], ...]
    feasible: tuple[PublishedRow, ...]
    absent: bool


def published_page(rows: Sequence[IndexRow]) -> Page:
    """Write the page; our numbers are those of the reports that the site is made of."""
    by_spec = {row.spec: row for row in rows if row.quoted_layer}
    sizes = tuple(_compared(figure, _sizes(by_spec.get(figure.spec))) for figure in TF_SLIM)
    feasible = tuple(_compared(figure, _feasible(by_spec.get(figure.spec))) for figure in FEASIBLE)
    absent = any(line.ours is None for line in (*sizes, *feasible))
    return Page("published.md", "published.md.j2", PublishedData(sizes, _reasons(), feasible, absent))


def _compared(figure: Figure, ours: Ours | None) -> PublishedRow:
    same = ours is not None and (ours.size, ours.stride, ours.padding) == (figure.size, figure.stride, figure.padding)
    return PublishedRow(figure, ours, same)


def _reasons() -> tuple[tuple[str, str], ...]:
    """Say why numbers differ, once for all that differ for one reason."""
    names: dict[str, list[str]] = {}
    for figure in TF_SLIM:
        if figure.why:
            names.setdefault(figure.why, []).append(figure.name)
    return tuple((", ".join(titles), why) for why, titles in names.items())


def _sizes(row: IndexRow | None) -> Ours | None:
    if row is None or row.quoted_layer is None:
        return None
    return Ours(row.slug, row.title, row.quoted_layer.size, row.quoted_layer.stride, row.quoted_layer.padding)


def _feasible(row: IndexRow | None) -> Ours | None:
    return None if row is None else Ours(row.slug, row.title, row.r_min, "", "")
