"""Choices are found in the rows of a program, and what the rows rule out is seen at once."""

import math
from collections.abc import Sequence

import numpy as np
import pytest
from scipy import sparse

from allocator import diving
from allocator.certificate import Search
from allocator.choosing import Choice, Fixes, Logic
from allocator.diving import fractional
from allocator.highs import Outcome, Status
from allocator.matrix import Matrix, Vector
from allocator.relaxation import Relaxation
from tests.allocator.tiny import four_levers


def logic(rows: Sequence[Sequence[float]], low: list[float], high: list[float]) -> Logic:
    """The logic of rows over binary columns."""
    array = np.array(rows, float)
    count = array.shape[1]
    matrix = Matrix(
        rows=sparse.csr_array(array),
        row_lower=np.array(low, float),
        row_upper=np.array(high, float),
        cost=np.zeros(count),
        lower=np.zeros(count),
        upper=np.ones(count),
        integer=np.ones(count, dtype=bool),
        row_names=[f"row {n}" for n in range(len(rows))],
        column_names=[f"x[{n}]" for n in range(count)],
    )
    return Logic(matrix, np.arange(count))


def at_root() -> tuple[Search, Vector]:
    """A search that is tightened, and the optimum (n,) of its relaxation."""
    search = Search(four_levers(), 1e-3, math.inf)
    search.load()
    search.relax()
    root = search.main.solve(math.inf)
    assert root.x is not None
    return search, root.x


def test_dates_of_a_deal_are_one_choice_with_its_switch() -> None:
    """x0 + x1 + x2 = x3: three options, and x3 says whether one is taken."""
    found = logic([[1, 1, 1, -1]], [0], [0]).choices
    assert [list(choice.columns) for choice in found] == [[0, 1, 2]]
    assert found[0].switch == 3
    assert found[0].taking(1) == {0: (0.0, 0.0), 1: (1.0, 1.0), 2: (0.0, 0.0), 3: (1.0, 1.0)}
    assert found[0].taking(None) == dict.fromkeys(range(4), (0.0, 0.0))


def test_one_offer_has_to_be_taken() -> None:
    """x0 + x1 = 1 is a choice that cannot be left out; x0 + x1 <= 1 can."""
    assert logic([[1, 1]], [1], [1]).choices[0].forced
    assert not logic([[1, 1]], [-math.inf], [1]).choices[0].forced


def test_equations_come_before_conflicts() -> None:
    """Where the dates of two deals exclude each other, the deals are the choices, not the date."""
    spacing, first, second = [1, 0, 0, 1, 0, 0], [1, 1, -1, 0, 0, 0], [0, 0, 0, 1, 1, -1]
    found = logic([spacing, first, second], [-math.inf, 0, 0], [1, 0, 0]).choices
    assert [list(choice.columns) for choice in found] == [[0, 1], [3, 4]]


def test_a_column_alone_is_a_choice() -> None:
    """Every binary column is an option of some choice, once."""
    found = logic([[2, 3, 0]], [-math.inf], [4]).choices
    assert sorted(int(n) for choice in found for n in choice.columns) == [0, 1, 2]


def test_what_the_rows_rule_out_is_seen() -> None:
    """Two dates in one slot, or a deal signed without a date, break a row whatever follows."""
    rows = logic([[1, 0, 1], [1, 1, -1]], [-math.inf, 0], [1, 0])
    assert not rows.allows({0: (1.0, 1.0), 2: (1.0, 1.0)})
    assert rows.allows({1: (1.0, 1.0), 2: (1.0, 1.0)})
    assert not rows.allows({0: (0.0, 0.0), 1: (0.0, 0.0), 2: (1.0, 1.0)})


def test_a_dive_leaves_the_relaxation_as_it_was() -> None:
    """Rows, bounds and optimum of the relaxation are the same after a dive, and its plan is
    verified."""
    search = Search(four_levers(), 1e-3, math.inf)
    search.load()
    search.relax()
    before = search.main.solve(math.inf)
    assert before.x is not None
    rows, tree = search.main.engine.rows, search.branching()
    assert fractional(before.x, search.whole).size
    tree.diver.dive(search.main, {}, before.x)
    search.main.fix({})
    assert search.best is not None
    assert search.best.check.ok
    assert search.main.engine.rows == rows
    assert abs(search.main.solve(math.inf).bound - before.bound) <= 1e-7 * abs(before.bound)


def test_a_switch_fits_where_no_row_minds() -> None:
    """A deal signed without a date breaks its row, with one it does not."""
    search = Search(four_levers(), 1e-3, math.inf)
    search.load()
    matrix = search.arrays.matrix
    x = np.zeros(matrix.cost.size)
    diver = search.branching().diver
    names = matrix.column_names
    signed = next(n for n, name in enumerate(names) if name.startswith("kol.signed["))
    assert not diver.fits(signed, x)
    date = next(n for n, name in enumerate(names) if name.startswith("kol.deal["))
    dated = x.copy()
    dated[date] = 1.0
    assert diver.fits(signed, dated)


@pytest.mark.parametrize("name", ["campaign.package", "alliance.choice"])
def test_a_weighed_choice_is_the_best_for_the_relaxation(name: str) -> None:
    """The option that a contest takes leaves the relaxation at least the value of every other."""
    search, root = at_root()
    diver = search.branching().diver
    choices = [c for c in diver._logic.choices if diver._kind(c) == name]
    assert choices
    for choice in choices:
        x = root.copy()
        x[choice.columns] = 1 / (choice.columns.size + 1)
        made = diver.contest(search.main, {}, choice, x)
        assert made is not None
        value = float(search.arrays.matrix.cost @ made[1])
        options = [*choice.columns.tolist(), *([] if choice.forced else [None])]
        for option in options:
            search.main.fix(choice.taking(option))
            other = search.main.solve(math.inf)
            if other.status is Status.OPTIMAL:
                assert other.bound <= value * (1 + 2e-3)


def test_all_options_of_a_choice_start_from_one_basis(monkeypatch: pytest.MonkeyPatch) -> None:
    """An option is solved from where the contest began, not from where the one before ended; the
    next step starts from the one that was taken."""
    search, root = at_root()
    diver, engine = search.branching().diver, search.main.engine
    at, settled = diver.at, diver.settled
    starts: list[list[object]] = []
    ends: list[tuple[float, list[object]]] = []
    inside: list[bool] = []

    def statuses() -> list[object]:
        return [*engine.basis().col_status]

    def noted(relaxation: Relaxation, fixes: Fixes, floor: float | None = None) -> Outcome | None:
        if not inside:
            starts.append(statuses())
        return at(relaxation, fixes, floor)

    def ended(relaxation: Relaxation, fixes: Fixes, outcome: Outcome, *, again: bool) -> Outcome:
        inside.append(True)
        found = settled(relaxation, fixes, outcome, again=again)
        inside.pop()
        ends.append((found.bound, statuses()))
        return found

    monkeypatch.setattr(diver, "at", noted)
    monkeypatch.setattr(diver, "settled", ended)
    away = 0
    for choice in diver._logic.choices:
        if choice.columns.size < 2:
            continue
        x = root.copy()
        x[choice.columns] = 1 / (choice.columns.size + 1)
        del starts[:], ends[:]
        first = statuses()
        assert diver.contest(search.main, {}, choice, x) is not None
        assert len(starts) > 1
        assert all(start == first for start in starts)
        assert statuses() == max(ends, key=lambda one: one[0])[1]
        away += sum(end != first for _, end in ends)
    assert away


def test_a_dive_that_weighs_finds_the_better_plan() -> None:
    """A dive that makes all choices of a kind at once brings a verified plan; one that weighs
    them, a plan that is as good at least."""
    found = []
    for weighing in (False, True):
        search, root = at_root()
        search.branching().diver.dive(search.main, {}, root, weighing=weighing)
        assert search.best is not None
        found.append(search.best.value)
    assert found[1] >= found[0] * (1 - 1e-6)


@pytest.mark.parametrize("dear", [-1.0, 1.0])
def test_choices_that_are_dear_at_once_are_weighed(
    monkeypatch: pytest.MonkeyPatch, dear: float
) -> None:
    """Choices of the lighter kinds are made at once, unless that costs more than it may; then the
    one that leans least is made as is best. Either way there is a plan."""
    monkeypatch.setattr(diving, "DEAR", dear)
    search, root = at_root()
    diver = search.branching().diver
    contest, kinds = diver.contest, []

    def noted(
        relaxation: Relaxation, fixes: Fixes, choice: Choice, x: Vector
    ) -> tuple[Fixes, Vector] | None:
        kinds.append(diver._kind(choice))
        return contest(relaxation, fixes, choice, x)

    monkeypatch.setattr(diver, "contest", noted)
    diver.dive(search.main, {}, root)
    assert search.best is not None
    assert any(kind not in diving.WEIGHTY for kind in kinds) == (dear < 0)
