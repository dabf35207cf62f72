"""Reports made by hand, without torch: small enough to know every number on the page."""

from math import inf

from rfa_report.core.layer import Layer, Verdict, Window
from rfa_report.core.operator import How, Operator
from rfa_report.core.report import ModelReport, ResolutionReport

AXES = ("h", "w")


def both(value: float | None) -> dict[str, float | None]:
    return dict.fromkeys(AXES, value)


def layer(
    key: str,
    kind: str = "Conv2d",
    *,
    side: int = 8,
    rf: float | None = 3,
    verdict: Verdict = Verdict.PRODUCTIVE,
    params: int = 0,
    macs: int = 0,
    stride: int = 1,
    unknown: tuple[str, ...] = (),
    caveats: tuple[Operator, ...] = (),
    aligned: bool = True,
    global_context: bool = False,
    depends_on_input: bool = True,
) -> Layer:
    conv = kind == "Conv2d"
    ones = dict.fromkeys(AXES, 1)
    sizes = dict.fromkeys(AXES, 3)
    return Layer(
        id=key,
        kind=kind,
        module=key.rpartition("#")[0],
        inputs=("input",),
        input_shape=(1, 4, side, side),
        output_shape=(1, 4, side, side) if side else (1, 10),
        window=Window(sizes, dict.fromkeys(AXES, stride), ones, ones, dict.fromkeys(AXES, side)) if conv else None,
        groups=1,
        convolutions=int(conv),
        params=params,
        macs=macs,
        rf_min=both(rf),
        rf_max=both(rf),
        jump=dict.fromkeys(AXES, 1 if side else None),
        centre=both(0.0),
        dims={"h": 2, "w": 3} if side else dict.fromkeys(AXES),
        aligned=aligned,
        global_context=global_context,
        depends_on_input=depends_on_input,
        unknown=unknown,
        caveats=caveats,
        verdict=verdict,
        axis_verdicts=dict.fromkeys(AXES, verdict),
    )


def at(size: int, layers: tuple[Layer, ...], *, refusal: str | None = None, concrete: bool = False) -> ResolutionReport:
    bad = [found for found in layers if found.verdict is Verdict.UNPRODUCTIVE]
    convolutions = sum(found.convolutions for found in layers)
    finite = [int(found.rf_max["h"] or 0) for found in layers if found.rf_max["h"] not in (None, inf)]
    return ResolutionReport(
        size=(size, size),
        layers=layers,
        depth=convolutions,
        productive_depth=convolutions - sum(found.convolutions for found in bad),
        border=bad[0].id if bad else None,
        params=sum(found.params for found in layers),
        macs=sum(found.macs for found in layers),
        wasted_params=sum(found.params for found in bad),
        wasted_macs=sum(found.macs for found in bad),
        r_min=dict.fromkeys(AXES, 9),
        r_max=dict.fromkeys(AXES, max(finite)) if finite else None,
        operators={
            "aten.convolution.default": How.RULED,
            **{op: How.UNKNOWN for found in layers for op in found.unknown},
            **{caveat.name: caveat.how for found in layers for caveat in found.caveats},
        },
        concrete=concrete,
        refusal=refusal,
        refused_in="stem" if refusal else None,
    )


def network(size: int) -> tuple[Layer, ...]:
    """Make two convolutions and a head, whose second convolution is unproductive at 8 pixels and below."""
    second = Verdict.UNPRODUCTIVE if size <= 8 else Verdict.PRODUCTIVE
    return (
        layer("stem.conv#0", side=size // 2, rf=3, params=1728, macs=432 * size**2, stride=2),
        layer("body.conv#0", side=size // 2, rf=11, params=2304, macs=576 * size**2, verdict=second),
        layer("head#0", "Linear", side=0, rf=inf, params=1_000_000, macs=1_000_000, verdict=Verdict.GLOBAL),
    )


def report(*resolutions: ResolutionReport, title: str = "tiny", error: str | None = None) -> ModelReport:
    return ModelReport(
        slug=title.lower(),
        title=title,
        spec=f"nets.py:{title}",
        family="made",
        arguments={},
        channels=3,
        versions={"rfa_report": "0.1.0", "torch": "2.9.0"},
        axes=AXES,
        resolutions=resolutions,
        error=error,
    )


def tiny() -> ModelReport:
    """Make a model that refuses 4 pixels, loses a convolution at 8, and is whole at 16."""
    return report(
        at(4, network(4)[:1], refusal="Kernel size can't be greater than input"), at(8, network(8)), at(16, network(16))
    )


def failed() -> ModelReport:
    """Make a model whose message is full of what Markdown, HTML and Jinja would act upon."""
    return report(title="Broken", error="mat1 | mat2 *differ* by <b>{{ n }}</b>\nin `f[0]`; check the input channels")
