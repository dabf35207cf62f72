"""What a user may ask of `check`: how much of each change is fine, and what is waived until when."""

from datetime import date
from difflib import get_close_matches
from fnmatch import fnmatchcase
from math import inf
from pathlib import Path
from typing import Annotated, Any, TypeAlias

from pydantic import BaseModel, BeforeValidator, ConfigDict, Field


def _limit(value: Any) -> float:
    if value == "off":
        return inf
    if isinstance(value, bool) or not isinstance(value, (int, float)) or not value >= 0:
        raise ValueError(f'{value!r} is not a limit; write a number from 0 on, or "off"')
    return float(value)


Limit: TypeAlias = Annotated[float, BeforeValidator(_limit)]
"""How much of a change is fine, infinite where the rule is off; more than that is a finding."""


def _id(field: str) -> str:
    return field.replace("_", "-")


class _Strict(BaseModel):
    model_config = ConfigDict(extra="forbid", frozen=True)


class Limits(_Strict, alias_generator=_id):
    """How much of each change is fine; a key is the id of a rule in `diffing.policy`."""

    productive_depth_dropped: Limit = Field(0.0, description="convolutions by which the productive depth may fall")
    border_layer_earlier: Limit = Field(0.0, description="0: the border layer may not come earlier")
    resolution_out_of_range: Limit = Field(0.0, description="0: no resolution may leave the feasible range")
    resolution_refused: Limit = Field(0.0, description="0: the model may not refuse a resolution that it took")
    resolution_removed: Limit = Field(0.0, description="0: a resolution may not be left out")
    layer_not_judged: Limit = Field(0.0, description="layers that may not be judged any more")
    rf_shrank: Limit = Field(10.0, description="percent by which the largest receptive field may shrink")
    waste_grew: Limit = Field(10.0, description="percent by which wasted MACs or parameters may grow")
    macs_grew: Limit = Field(10.0, description="percent by which MACs may grow")
    params_grew: Limit = Field(10.0, description="percent by which parameters may grow")
    model_removed: Limit = Field(0.0, description="0: a model may not disappear")
    model_failed: Limit = Field(0.0, description="0: a model that was analysed must still be")
    model_replaced: Limit = Field(0.0, description="0: a model may not become another architecture")


RULES = tuple(_id(field) for field in Limits.model_fields)
"""The ids of all rules."""


def _known(value: Any) -> Any:
    if value not in RULES:
        close = get_close_matches(str(value), RULES, n=1)
        raise ValueError(
            f"{value!r} is not a rule, {'did you mean' if close else 'there are'} {', '.join(close or RULES)}"
        )
    return value


class OwnLimits(_Strict):
    """One entry of `check.models`: limits of some models, in place of those under `check.limits`."""

    models: str = Field(min_length=1, description="names of models, with wildcards")
    limits: Limits = Field(description="those that differ")


class Waiver(_Strict):
    """One entry of `check.waivers`: findings that are fine until a day."""

    rule: Annotated[str, BeforeValidator(_known)] = Field(description="id of the rule")
    models: str = Field("*", min_length=1, description="names of models, with wildcards")
    reason: str = Field(min_length=1, description="why this is fine")
    expires: date = Field(description="the last day on which it holds, such as 2026-12-31")


class Check(_Strict):
    """The table `[check]`."""

    baseline: Path = Field(Path("reports"), description="folder of the committed reports")
    limits: Limits = Field(
        default_factory=lambda: Limits.model_validate({}), description='how much of each change is fine, or "off"'
    )
    models: tuple[OwnLimits, ...] = Field((), description="limits of some models; the last entry that matches counts")
    waivers: tuple[Waiver, ...] = Field((), description="findings that are fine until a day")

    def limit(self, rule: str, model: str) -> float:
        """Return how much is fine of a rule's change in a model."""
        field, chosen = rule.replace("-", "_"), self.limits
        for own in self.models:
            if fnmatchcase(model, own.models) and field in own.limits.model_fields_set:
                chosen = own.limits
        return float(getattr(chosen, field))
