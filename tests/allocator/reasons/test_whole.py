"""A plan's whole numbers as columns of the program."""

import numpy as np
import pytest

from allocator.handover import hand_over
from allocator.reasons.whole import whole_numbers
from allocator.replan.advance import advance, tail
from fact_models.program import build
from fact_models.replay import facts
from tests.allocator.replan.test_advance import world
from tests.models.worlds import rich_controls


@pytest.mark.parametrize(("length", "weeks"), [(3, 0), (3, 1), (3, 2), (5, 1), (5, 2)])
def test_offers_of_a_plan_under_way_stand_in_their_blocks(length: int, weeks: int) -> None:
    """Seen from any week, every period has the offer that the plan has there, though the block
    under way has begun before and the last one may be cut short."""
    whole = world(alliance={"contract_periods": length})
    assert whole.alliance is not None
    decisions = rich_controls(whole)
    block = np.arange(decisions.offer.shape[1]) // whole.alliance.contract_periods
    for tier in whole.alliance.tiers:
        mine = [n for n, (c, _) in enumerate(facts(whole).ids.offers) if c == tier]
        decisions.offer[mine] = np.arange(len(mine))[:, None] == block % len(mine)
    assert (decisions.offer[:, 1:] != decisions.offer[:, :-1]).any()
    instance = advance(whole, decisions, weeks) if weeks else whole
    decisions = tail(decisions, weeks)
    assert instance.alliance is not None
    program = build(instance)
    arrays = hand_over(program)
    columns, values = whole_numbers(program, arrays, facts(instance), decisions)
    found = dict(zip(columns.tolist(), values.tolist(), strict=True))
    past, length = instance.alliance.contract_elapsed, instance.alliance.contract_periods
    ids, choice = program.parameters.ids, program.model.alliance.choice
    compared = 0
    for n, (c, o) in enumerate(ids.offers):
        for t in program.parameters.periods:
            column = arrays.column_of.get(id(choice[c, o, (t + past) // length]))
            if column is not None:
                assert found[column] == decisions.offer[n, t], (c, o, t)
                compared += 1
    assert compared > 0
