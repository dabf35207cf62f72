"""Verdicts as a reader sees them: all that tells one from another, in one table; never a colour alone."""

from collections import Counter
from collections.abc import Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass

from rfa_report.core.layer import Layer, Verdict

RING = "M-5 0a5 5 0 1 0 10 0a5 5 0 1 0-10 0z"


@dataclass(frozen=True, slots=True)
class Shades:
    """The colours of a verdict on a screen: of outlines and marks, of text, and of the ground."""

    mark: str
    ink: str
    ground: str


@dataclass(frozen=True, slots=True)
class Look:
    """The look of a verdict.

    `slug` is its CSS class, `symbol` stands in text, `letter` in the tables of a paper and `initial` in the small
    strips. `height` is the share of a strip that its layers fill: less, the less a layer is known to add. `shape` is
    SVG about the origin, 10 to 11 pixels wide, that looks as the symbol does; `dot` is the path of its dots on a chart.
    `line` and `ground` are its colours on paper, hues that colour-blind readers tell apart and grounds that get darker
    in grey; `style` is its colour in a terminal; `light` and `dark` are those of the two schemes of the site. The
    verdict of the lowest `rank` speaks for several layers. A `hollow` one has dashed boxes and dots without a filling.
    """

    slug: str
    symbol: str
    letter: str
    initial: str
    height: float
    shape: str
    dot: str
    line: str
    ground: str
    style: str
    light: Shades
    dark: Shades
    rank: int
    hollow: bool = False


LOOKS: Mapping[Verdict, Look] = {
    Verdict.PRODUCTIVE: Look(
        slug="productive",
        symbol="●",
        letter="P",
        initial="p",
        height=1.0,
        shape=f'<path d="{RING}"/>',
        dot="m-3 0a3 3 0 1 0 6 0a3 3 0 1 0-6 0z",
        line="#00785a",
        ground="#eef8f4",
        style="green",
        light=Shades("#1b9a79", "#00664f", "#e0f3ed"),
        dark=Shades("#36a685", "#72dab9", "#15342c"),
        rank=5,
    ),
    Verdict.PARTIALLY_CRITICAL: Look(
        slug="partial",
        symbol="◔",
        letter="PC",
        initial="h",
        height=0.85,
        shape=f'<path class="rfa-hollow" d="{RING}"/><path d="M0-5a5 5 0 0 1 5 5h-5z"/>',
        dot="m0-3.6l3.6 6.4h-7.2z",
        line="#8a7200",
        ground="#f8efbf",
        style="yellow",
        light=Shades("#a88600", "#6f5900", "#fdf5d2"),
        dark=Shades("#c4a728", "#ead063", "#37310f"),
        rank=3,
    ),
    Verdict.CRITICAL: Look(
        slug="critical",
        symbol="◑",
        letter="C",
        initial="c",
        height=0.7,
        shape=f'<path class="rfa-hollow" d="{RING}"/><path d="M0-5a5 5 0 0 1 0 10z"/>',
        dot="m0-4l4 4l-4 4l-4-4z",
        line="#b35f00",
        ground="#f5d39c",
        style="dark_orange",
        light=Shades("#b04e08", "#944708", "#fdebdb"),
        dark=Shades("#c26a22", "#f7af70", "#3b2716"),
        rank=2,
    ),
    Verdict.UNPRODUCTIVE: Look(
        slug="unproductive",
        symbol="○",
        letter="U",
        initial="u",
        height=0.4,
        shape=f'<path class="rfa-hollow" d="{RING}"/>',
        dot="m-3-3l6 6m0-6l-6 6",
        line="#a33b00",
        ground="#e9a98a",
        style="red",
        light=Shades("#c93a34", "#a11f1b", "#fbe1de"),
        dark=Shades("#d8554e", "#ffa39c", "#44201e"),
        rank=0,
        hollow=True,
    ),
    Verdict.GLOBAL: Look(
        slug="global",
        symbol="◇",
        letter="G",
        initial="g",
        height=0.15,
        shape='<path class="rfa-hollow" d="M0-5.5L5.5 0L0 5.5L-5.5 0z"/>',
        dot="m-3-3h6v6h-6z",
        line="#5a646e",
        ground="#eeeeee",
        style="bright_black",
        light=Shades("#75818d", "#525d69", "#eef1f4"),
        dark=Shades("#6d7985", "#abb6c1", "#252c33"),
        rank=4,
    ),
    Verdict.NOT_JUDGED: Look(
        slug="not-judged",
        symbol="?",
        letter="?",
        initial="n",
        height=0.15,
        shape='<path class="rfa-hollow" d="M-3-2.5a3 3 0 1 1 4.5 2.6q-1.5 .9-1.5 2.2M0 4.4v1.4"/>',
        dot="m-3-3h6v6h-6z",
        line="#5b3da6",
        ground="#ffffff",
        style="magenta",
        light=Shades("#8a6fd0", "#5b3da6", "#efeafb"),
        dark=Shades("#8a72cf", "#bfacf4", "#2c2545"),
        rank=1,
    ),
}
"""From what is best to what says nothing: the order of legends and counts. A new verdict is an entry here."""

ABSENT = "absent"
"""How CSS classes call a layer that does not exist at a resolution."""

WORST_FIRST = tuple(sorted(LOOKS, key=lambda verdict: LOOKS[verdict].rank))
"""The verdicts in the order in which one of them speaks for several layers."""


@dataclass(frozen=True, slots=True)
class Mark:
    """A verdict in a page: its CSS class, symbol and word, and how many layers have it where a count is meant."""

    slug: str
    symbol: str
    word: str
    count: int = 0


def mark(verdict: Verdict, count: int = 0) -> Mark:
    """Show a verdict."""
    return Mark(LOOKS[verdict].slug, LOOKS[verdict].symbol, verdict.value, count)


def worst(verdicts: Collection[Verdict]) -> Verdict:
    """Choose the verdict that a reader must know of among those of several layers; global only if there is no other."""
    return min(verdicts, key=lambda verdict: (verdict is Verdict.GLOBAL, LOOKS[verdict].rank))


def counts(layers: Iterable[Layer]) -> tuple[Mark, ...]:
    """Count layers by verdict, leaving out verdicts that no layer has."""
    numbers = Counter(layer.verdict for layer in layers)
    return tuple(mark(verdict, numbers[verdict]) for verdict in LOOKS if numbers[verdict])


def slug(layer: Layer | None) -> str:
    """Name the CSS class of a layer's verdict, or of its absence."""
    return ABSENT if layer is None else LOOKS[layer.verdict].slug


def classes(across: Sequence[Layer | None]) -> str:
    """Write the classes of a layer at all resolutions."""
    return verdict_classes([slug(layer) for layer in across])


def verdict_classes(slugs: Sequence[str]) -> str:
    """Write the classes of verdicts by resolution: `v2-critical` at the third one, `rfa-critical` at all of them."""
    if len(set(slugs)) == 1:
        return f"rfa-{slugs[0]}"
    return " ".join(f"v{index}-{name}" for index, name in enumerate(slugs))
