"""From which resolution on a model is fully used, in words: a number alone is right only for models of many sizes."""

from rfa_report.core.report import ResolutionReport
from rfa_report.wording.numbers import NBSP, per_axis


def feasible_from(at: ResolutionReport) -> str:
    """Write from where on, as `97` or, of a model of one size, as `only 224`; a dash where nobody knows."""
    return f"only {per_axis(at.only_size)}" if at.only_size else per_axis(at.r_min)


def feasible_remark(at: ResolutionReport) -> str:
    """Say what goes with it: the unit, a largest field that is smaller, sizes below a gap, or why it is unknown."""
    if at.only_size:
        return "px: it accepts no other size as built"
    if not at.r_min:
        return "not searched" if at.concrete else "not found"
    small = f"; it also accepts {at.also_takes[0]} to {at.also_takes[1]}{NBSP}px" if at.also_takes else ""
    return f"px{f', but no field exceeds {per_axis(at.r_max)}{NBSP}px' if at.range_is_empty else ''}{small}"


def feasible_range(at: ResolutionReport, *, varies: bool) -> str:
    """Say the range in a line: as two numbers where it is one."""
    high = "none" if at.r_max is None else f"{per_axis(at.r_max)} px"
    high += " here, another at other sizes" if varies and at.r_max else ""
    if at.only_size:
        return f"accepts {per_axis(at.only_size)} px only, so there is no feasible range; largest field {high}"
    small = f"; also accepts {at.also_takes[0]} to {at.also_takes[1]} px" if at.also_takes else ""
    if at.range_is_empty:
        return f"fully used from {per_axis(at.r_min)} px{small}; no field is larger than {high}, so the range is empty"
    unsearched = "not searched, for the model was run with numbers" if at.concrete else "not found"
    low = unsearched if at.r_min is None else f"{per_axis(at.r_min)} px"
    return f"feasible range: r_min {low}, r_max {high}{small}"
