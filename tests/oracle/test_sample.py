"""A few cheap models of both zoos against the oracle, others with every version. `make oracle` takes them all."""

import random
from collections.abc import Iterator
from importlib.metadata import version
from itertools import islice

import pytest

from oracle.plans import Plan, accepted_at, family_of, timm_specs, torchvision_specs
from oracle.proofs import check_at

pytestmark = pytest.mark.slow

SIZE = (65, 72)
MOST_TMACS = 0.012
MOST_CALLS = 1500


def _cheap(specs: list[str], seed: str) -> Iterator[tuple[str, Plan]]:
    random.Random(seed).shuffle(specs)
    for spec in specs:
        plan = accepted_at(spec, SIZE, refusing=False)
        if plan is not None and plan.tmacs <= MOST_TMACS and len(plan.recording.calls) <= MOST_CALLS:
            yield spec, plan


@pytest.mark.oracle
@pytest.mark.parametrize(("zoo", "count"), [("torchvision", 2), ("timm", 3)])
def test_sample_of_the_zoos(zoo: str, count: int) -> None:
    specs = torchvision_specs() if zoo == "torchvision" else timm_specs(200)
    sample = list(islice(_cheap(specs, version("rfa_report")), count))
    assert len(sample) == count
    for spec, plan in sample:
        result = check_at(spec, family_of(spec), plan)
        assert result.crashed is None, f"{spec}: {result.crashed}"
        assert not result.wrong, f"{spec}: {result.differences}"
        assert result.compared > 4, f"{spec}: {result.incomparable}"
