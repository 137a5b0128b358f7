"""The tree over the strategic choices agrees with the solver's own tree, with one thread and with
two, and leaves the relaxation as it found it.
"""

import math
from dataclasses import replace
from typing import Any

import numpy as np
import pytest

from allocator import branching, certificate
from allocator.certificate import Search
from allocator.gaps import bound_at, gap_between
from allocator.highs import Outcome, Status
from allocator.highs.answers import Held
from allocator.solve import solve
from allocator.tangents import rows_at, separate
from fact_models.spec.instance import Instance
from tests.allocator.tiny import four_levers, interval, random_tiny
from tests.models.test_block_is_replay import world_of


def relaxed(instance: Instance) -> Search:
    """A search whose relaxation is solved."""
    search = Search(instance, 1e-3, math.inf)
    search.load()
    search.relax()
    return search


@pytest.mark.parametrize("threads", [1, 2])
@pytest.mark.parametrize("name", ["four levers", "full", "tiny 3", "tiny 8", "tiny 11"])
def test_both_trees_agree(name: str, threads: int, monkeypatch: pytest.MonkeyPatch) -> None:
    """Plan and bound of the one tree and of the other enclose the same optimum."""
    kind, _, seed = name.partition(" ")
    instance = (
        four_levers()
        if kind == "four"
        else random_tiny(int(seed))
        if kind == "tiny"
        else world_of(name)
    )
    usual = interval(solve(instance, gap=1e-3, time_limit=60))
    monkeypatch.setattr(certificate, "LARGE", 0)
    plan = solve(instance, gap=1e-3, time_limit=60, threads=threads)
    low, high = interval(plan)
    slack = 1e-6 * max(abs(high), 1.0)
    assert low <= usual[1] + slack
    assert usual[0] <= high + slack
    assert plan.gap is not None
    assert plan.gap <= 1e-3


def test_the_tree_alone_closes_the_gap(monkeypatch: pytest.MonkeyPatch) -> None:
    """Without the solver's tree the gap closes too, and the stage is accounted for."""
    monkeypatch.setattr(certificate, "LARGE", 0)
    plan = solve(four_levers(), gap=0.01, time_limit=60)
    assert plan.status == "optimal"
    assert plan.runtime["tree"] > 0
    assert plan.runtime["milp"] == 0


def test_a_cutoff_ends_a_relaxation_early() -> None:
    """Where nothing is better than the cutoff the bound is the cutoff; a lower cutoff changes
    nothing."""
    search = relaxed(four_levers())
    best = search.main.solve(math.inf).bound
    lower = search.arrays.matrix.lower[search.whole]
    search.main.engine.set_bounds(search.whole, lower, lower)
    worse = search.main.solve(math.inf, cutoff=0.9999 * best)
    assert worse.status is Status.INFEASIBLE
    assert worse.bound == 0.9999 * best
    upper = search.arrays.matrix.upper[search.whole]
    search.main.engine.set_bounds(search.whole, lower, upper)
    again = search.main.solve(math.inf, cutoff=0.99 * best)
    assert again.bound == pytest.approx(best, rel=1e-9)


def test_loose_tangents_go_and_the_optimum_stays() -> None:
    """A purged relaxation has fewer rows and the same optimum, from the basis it had."""
    search = relaxed(four_levers())
    before = search.main.solve(math.inf)
    assert before.x is not None
    rows = search.main.engine.rows
    search.main.purge(before.x)
    assert search.main.engine.rows < rows
    after = search.main.solve(math.inf)
    assert after.bound == pytest.approx(before.bound, rel=1e-7)


def test_rows_of_a_dive_are_taken_back() -> None:
    """Tangents added and taken back leave the relaxation with its rows and its optimum."""
    search = relaxed(four_levers())
    before = search.main.solve(math.inf)
    assert before.x is not None
    rows = search.main.engine.rows
    middle = (search.arrays.matrix.lower + search.arrays.matrix.upper) / 2
    assert search.main.cut(middle, 1e-9)
    assert search.main.engine.rows > rows
    search.main.keep_only(rows)
    assert search.main.engine.rows == rows
    assert search.main.solve(math.inf).bound == pytest.approx(before.bound, rel=1e-7)
    assert search.main.cut(middle, 1e-9)


def test_a_twin_is_solved_alike_and_changed_apart() -> None:
    """Two engines with the same rows have the same optimum; a change of one is not the other's."""
    search = relaxed(four_levers())
    best = search.main.settle(math.inf).bound
    twin = search.main.twin()
    assert twin.solve(math.inf).bound == pytest.approx(best, rel=1e-7)
    twin.engine.set_cost(search.arrays.matrix.cost / 2)
    assert twin.solve(math.inf).bound == pytest.approx(best / 2, rel=1e-7)
    assert search.main.solve(math.inf).bound == pytest.approx(best, rel=1e-9)


@pytest.mark.parametrize("objective", [120.0, -120.0])
def test_a_bound_at_a_gap_has_that_gap(objective: float) -> None:
    """The bound computed for a gap has this gap by the formula that is printed."""
    assert gap_between(objective, bound_at(objective, 0.02)) == pytest.approx(0.02)


def test_a_term_without_scale_is_held_to_its_ray() -> None:
    """An offer that is not made has no visits, even if none of its tangents is held: they are
    asked for."""
    search = Search(four_levers(), 1e-3, math.inf)
    search.load()
    terms, matrix = search.arrays.terms, search.arrays.matrix
    x = np.zeros(matrix.cost.size)
    n = next(k for k, key in enumerate(terms.keys) if key[0] == "AL.6")
    column = int(terms.y.rows[[n]].indices[0])
    assert not separate(terms, x, 1e-6)[0].size
    x[column] = 10 * terms.scale[n]
    which, ratio, over = separate(terms, x, 1e-6)
    assert n in which
    rows = rows_at(terms, which, ratio)
    place = list(which).index(n)
    assert float((rows.rows @ x)[place]) > rows.upper[place]
    assert over[place] == pytest.approx(10 * terms.scale[n])


def test_what_all_better_plans_agree_on_is_fixed_once(monkeypatch: pytest.MonkeyPatch) -> None:
    """A choice nearly made whose other side holds no better plan is made in every open node, and
    the bound of the tree still encloses the optimum."""
    monkeypatch.setattr(branching, "NEARLY", 0.5)
    monkeypatch.setattr(branching, "WEIGHTY", 0.0)
    monkeypatch.setattr(branching, "FAILURES", 100)
    best = Search(four_levers(), 1e-5, math.inf)
    best.run()
    assert best.best is not None
    search = relaxed(four_levers())
    value = best.lower * (1 - 1e-4)
    tree = search.branching()
    tree.cutoff = tree.lower = lambda: value
    root = search.main.solve(math.inf)
    (first,) = tree.starting(root)
    known = tree.known_choices(first)
    assert known
    names = search.arrays.matrix.column_names
    for n, (low, high) in known.items():
        assert low <= best.best.integers[names[n]] <= high, names[n]
    for node in tree.agreed(first, [first]):
        assert all(node.fixes[n] == side for n, side in known.items())
        assert node.bound >= value


def first_in_error(monkeypatch: pytest.MonkeyPatch) -> list[Outcome]:
    """The solver's answers from now on, as they are found; the first is handed out as an error."""
    usual: Any = Held.outcome
    answers: list[Outcome] = []

    def broken(self: Held, *given: Any, **named: Any) -> Outcome:
        answers.append(usual(self, *given, **named))
        if len(answers) > 1:
            return answers[-1]
        return replace(answers[-1], status=Status.ERROR, x=None, bound=math.inf)

    monkeypatch.setattr(Held, "outcome", broken)
    return answers


def test_an_optimum_that_breaks_a_row_is_solved_anew(monkeypatch: pytest.MonkeyPatch) -> None:
    """A warm relaxation that ends in an error is solved once more from nothing."""
    search = relaxed(four_levers())
    best = search.main.solve(math.inf).bound
    answers = first_in_error(monkeypatch)
    again = search.main.solve(math.inf)
    assert len(answers) == 2
    assert again.status is Status.OPTIMAL
    assert again.bound == pytest.approx(best, rel=1e-7)


@pytest.mark.parametrize(("cutoff", "settled"), [(90.0, 90.0), (120.0, 100.0), (-math.inf, -1.0)])
def test_a_settled_side_keeps_its_bound(cutoff: float, settled: float) -> None:
    """What a cutoff hides may be as good as the cutoff, and never better than its parent."""
    search = relaxed(four_levers())
    tree = search.branching()
    tree.settled = -1.0
    (first,) = tree.starting(search.main.solve(math.inf))
    outcome = search.main.solve(math.inf)
    tree.settle({}, replace(first, bound=100.0), outcome, cutoff)
    assert tree.settled == settled


def test_a_tree_that_contradicts_itself_is_asked_again(monkeypatch: pytest.MonkeyPatch) -> None:
    """A tree search that ends in an error is run once more without presolve."""
    search = relaxed(four_levers())
    answers = first_in_error(monkeypatch)
    again = search.main.engine.solve_mip(math.inf, gap=1e-4)
    assert len(answers) == 2
    assert again.status is Status.OPTIMAL
    assert again.bound == pytest.approx(answers[0].bound, rel=2e-4)
