"""The lowest-price rule: its rows hold all pairs that exclude each other, and nothing else."""

import itertools

import pytest

from allocator.families import generate
from fact_models.campaign import undercuts
from fact_models.parameters import excluded_by_price, parameters


@pytest.mark.parametrize("spacing", [0, 1, 2])
@pytest.mark.parametrize("family", ["tight_cash", "many_deals"])
def test_rows_are_sets_of_which_one_is_possible(family: str, spacing: int) -> None:
    """Every package and session that exclude each other stand in a row together; of a row any two
    exclude each other by the rule, as packages of a campaign, sessions of a deal, or spacing."""
    instance = generate(family, 13, 0)
    p = parameters(instance)
    apart = {
        (key, (k, t))
        for key, entry in p.entries.items()
        for k, session in p.sessions.items()
        for t in session.dates
        if excluded_by_price(instance, entry, session, t)
    }
    assert apart
    by_deal, by_period = undercuts(
        p,
        lambda entry, k, t: excluded_by_price(instance, entry, p.sessions[k], t),
        spacing,
    )
    assert bool(by_period) == (spacing > 0)
    held = set()
    for found in by_deal.values():
        assert len({e for e, _ in found.packages}) == 1
        assert len({k for k, _ in found.sessions}) == 1
        held |= set(itertools.product(found.packages, found.sessions))
    assert held == apart
    for found in by_period.values():
        assert len({k for k, _ in found.sessions}) > 1
        times = [t for _, t in found.sessions]
        assert max(times) - min(times) < spacing
        assert set(itertools.product(found.packages, found.sessions)) <= apart
