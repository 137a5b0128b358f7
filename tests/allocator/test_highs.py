"""The contract with the solver: every status, duals, limits, interrupts, starts and scaling."""

import math
import os
import signal
import subprocess
import sys
import threading
import time
from dataclasses import replace

import highspy
import numpy as np
import numpy.typing as npt
import pytest
from scipy import sparse

from allocator.canary import canaries
from allocator.highs import Engine, Outcome, Progress, SolverError, Status
from allocator.highs.running import classify, new_watch, require_version, run, settle_unbounded
from allocator.matrix import Cuts, Matrix, ModelError, significant
from allocator.signals import stop_on_signals

Numbers = npt.NDArray[np.float64]
NEVER = math.inf


def program(
    cost: object,
    upper: object,
    rows: object,
    row_upper: object,
    *,
    row_lower: object = None,
    integer: object = True,
) -> Matrix:
    """A program with columns from zero to ``upper``, all integer unless told."""
    costs = np.array(cost, float)
    coefficients = sparse.csr_array(np.array(rows, float))
    sides = np.array(row_upper, float)
    count = costs.size
    return Matrix(
        cost=costs,
        lower=np.zeros(count),
        upper=np.broadcast_to(np.array(upper, float), count).copy(),
        integer=np.broadcast_to(np.array(integer, bool), count).copy(),
        rows=coefficients,
        row_lower=np.full(sides.size, -np.inf)
        if row_lower is None
        else np.array(row_lower, float),
        row_upper=sides,
        column_names=[f"x{j}" for j in range(count)],
        row_names=[f"r{i}" for i in range(sides.size)],
    )


def engine(matrix: Matrix, scale: Numbers | None = None, *, threads: int = 1) -> Engine:
    """An engine with column scale one unless given."""
    scale = np.ones(matrix.cost.size) if scale is None else scale
    return Engine(matrix, scale, threads=threads)


def cuts(rows: object, upper: object) -> Cuts:
    """Rows with an upper side only."""
    coefficients, sides = sparse.csr_array(np.array(rows, float)), np.array(upper, float)
    return Cuts(coefficients, np.full(sides.size, -np.inf), sides)


def knapsack(columns: int = 200, rows: int = 25, seed: int = 3) -> Matrix:
    """A packing program whose tree search lasts far longer than a test."""
    draw = np.random.default_rng(seed)
    weights = draw.integers(1, 100, (rows, columns)).astype(float)
    return program(draw.integers(1, 100, columns), 1.0, weights, weights.sum(axis=1) // 2)


def market_split(columns: int = 40, rows: int = 5, seed: int = 1) -> Matrix:
    """Equations over binaries that no search settles in seconds: no plan, no proof."""
    draw = np.random.default_rng(seed)
    weights = draw.integers(0, 100, (rows, columns)).astype(float)
    half = weights.sum(axis=1) // 2
    return program(np.ones(columns), 1.0, weights, half, row_lower=half)


def mixed(seed: int = 0) -> Matrix:
    """Random packing with a fixed charge: column 0-5 amounts, 6-11 the binaries that open them."""
    draw = np.random.default_rng(seed)
    links = np.hstack([np.eye(6), -np.diag(draw.uniform(50, 90, 6))])
    budget = np.hstack([draw.uniform(1, 3, (2, 6)), draw.uniform(5, 9, (2, 6))])
    cost = np.concatenate([draw.uniform(2, 4, 6), -draw.uniform(20, 60, 6)])
    upper = np.concatenate([np.full(6, 80.0), np.ones(6)])
    sides = np.concatenate([np.zeros(6), [260.0, 240.0]])
    return program(
        cost, upper, np.vstack([links, budget]), sides, integer=[False] * 6 + [True] * 6
    )


# -- statuses ---------------------------------------------------------------------------------


def test_optimal() -> None:
    """A small program ends optimal, with its plan, objective and bound."""
    answer = engine(program([5, 4, 3], 1, [[2, 3, 1]], [4])).solve_mip(NEVER, gap=0.0)
    assert answer.status is Status.OPTIMAL
    assert answer.x == pytest.approx([1, 0, 1])
    assert (answer.objective, answer.bound) == pytest.approx((8, 8))
    assert answer.row_dual is None


def test_objective_of_zero() -> None:
    """Nothing to gain is an optimum too, without an absolute gap."""
    answer = engine(program([-1, -2], 5, [[1, 1]], [4])).solve_mip(NEVER, gap=0.0)
    assert (answer.status, answer.objective, answer.bound) == (Status.OPTIMAL, 0.0, 0.0)


@pytest.mark.parametrize("relaxed", [True, False])
def test_infeasible(relaxed: bool) -> None:
    """No plan: no objective, and no bound is claimed."""
    held = engine(program([1, 1], 1, [[1, 1]], [5], row_lower=[3]))
    answer = held.solve_lp(NEVER) if relaxed else held.solve_mip(NEVER, gap=0.0)
    assert (answer.status, answer.x) == (Status.INFEASIBLE, None)
    assert (answer.objective, answer.bound) == (-np.inf, np.inf)


@pytest.mark.parametrize("whole", [True, False])
@pytest.mark.parametrize(("side", "expected"), [(0.0, "kUnbounded"), (-1.0, "kInfeasible")])
def test_unbounded_is_told_from_infeasible(whole: bool, side: float, expected: str) -> None:
    """Free columns cannot come in through a matrix; should they appear, the two are told apart."""
    solver = highspy.Highs()
    solver.setOptionValue("log_to_console", False)
    for _ in range(2):
        solver.addCol(-1.0, 0.0, highspy.kHighsInf, 0, np.array([], np.int32), np.array([]))
        if whole:
            solver.changeColIntegrality(solver.getNumCol() - 1, highspy.HighsVarType.kInteger)
    index = np.array([0, 1], np.int32)
    solver.addRow(-highspy.kHighsInf, side, 2, index, np.array([1.0, -1.0]))
    solver.addRow(-highspy.kHighsInf, side, 2, index, np.array([-1.0, 1.0]))
    watch = new_watch(NEVER, None)
    run(solver, watch)
    assert settle_unbounded(solver, watch).name == expected
    assert np.array(solver.getLp().col_cost_) == pytest.approx([-1, -1])


def test_limit_without_plan() -> None:
    """Out of time before any plan: no plan yet, not infeasible; the deadline holds."""
    began = time.monotonic()
    answer = engine(market_split()).solve_mip(began + 1.5, gap=0.0)
    assert (answer.status, answer.x) == (Status.NO_PLAN_YET, None)
    assert np.isfinite(answer.bound)
    assert time.monotonic() - began < 1.5 * 1.1 + 1


def test_limit_with_plan() -> None:
    """Out of time with a plan: the plan and a bound above it."""
    answer = engine(knapsack()).solve_mip(time.monotonic() + 1.0, gap=0.0)
    assert answer.status is Status.FEASIBLE_LIMIT
    assert answer.x is not None
    assert answer.objective < answer.bound < 1.1 * answer.objective


def test_node_limit() -> None:
    """A limit of nodes is a limit like time."""
    answer = engine(knapsack(60, 10)).solve_mip(NEVER, gap=0.0, node_limit=1)
    assert answer.status in (Status.FEASIBLE_LIMIT, Status.NO_PLAN_YET)
    assert answer.nodes <= 2


def test_passed_deadline() -> None:
    """A deadline in the past ends at once."""
    answer = engine(knapsack()).solve_mip(time.monotonic() - 1, gap=0.0)
    assert answer.status in (Status.FEASIBLE_LIMIT, Status.NO_PLAN_YET)
    assert answer.seconds < 1


def test_interrupt_keeps_the_plan() -> None:
    """A stop from another thread ends the search with its plan; the next run is free."""
    held, stop = engine(knapsack()), threading.Event()
    threading.Timer(0.7, stop.set).start()
    answer = held.solve_mip(NEVER, stop, gap=0.0)
    assert answer.status is Status.INTERRUPTED_FEASIBLE
    assert answer.x is not None
    assert answer.seconds < 5
    again = held.solve_lp(NEVER)
    assert again.status is Status.OPTIMAL


def test_interrupted_relaxation_runs_again() -> None:
    """The interrupt does not stick to the hot relaxation."""
    held, stop = engine(knapsack()), threading.Event()
    stop.set()
    assert held.solve_lp(NEVER, stop).status is not Status.OPTIMAL
    assert held.solve_lp(NEVER).status is Status.OPTIMAL


def test_out_of_memory_keeps_the_plan(monkeypatch: pytest.MonkeyPatch) -> None:
    """When the solver dies of memory, the last plan it reported survives."""
    original = highspy.Highs.run

    def dies(solver: highspy.Highs) -> highspy.HighsStatus:
        original(solver)
        raise MemoryError

    monkeypatch.setattr(highspy.Highs, "run", dies)
    answer = engine(knapsack()).solve_mip(time.monotonic() + 0.7, gap=0.0)
    assert answer.status is Status.FEASIBLE_LIMIT
    assert answer.objective > 0
    assert answer.bound >= answer.objective
    assert "memory" in answer.message


@pytest.mark.parametrize("unknown", ["kSolveError", "kUnknown", "kNotset", "kModelEmpty"])
def test_unlisted_status_is_an_error(unknown: str) -> None:
    """Only listed statuses count, even if the solver has a plan; optimal needs a plan."""
    assert classify(highspy.HighsModelStatus.__members__[unknown], True, True) is Status.ERROR
    assert classify(highspy.HighsModelStatus.kOptimal, False, False) is Status.ERROR
    assert classify(highspy.HighsModelStatus.kUnbounded, True, False) is Status.UNBOUNDED_MODEL


def test_plan_that_contradicts_its_objective(monkeypatch: pytest.MonkeyPatch) -> None:
    """A plan that is not worth what the solver claims is not handed out."""
    held = engine(program([5, 4, 3], 1, [[2, 3, 1]], [4]))
    monkeypatch.setattr(held, "_cost", held._cost + 1)
    answer = held.solve_mip(NEVER, gap=0.0)
    assert (answer.status, answer.x) == (Status.ERROR, None)
    assert "claimed" in answer.message


# -- refusals ---------------------------------------------------------------------------------

SOUND = program([5, 4], 3, [[2, 3]], [4])


@pytest.mark.parametrize("number", [np.nan, np.inf, -np.inf, 1e16])
@pytest.mark.parametrize(
    ("place", "named"),
    [
        ("cost", "column x1: cost"),
        ("upper", "column x1: upper"),
        ("lower", "column x1: lower"),
        ("rows", "row r0, column x1: coefficient"),
    ],
)
def test_unusable_number(number: float, place: str, named: str) -> None:
    """NaN, infinite and huge numbers are refused with the name of their column or row."""
    if place == "rows":
        broken = replace(SOUND, rows=sparse.csr_array(np.array([[2.0, number]])))
    else:
        values = getattr(SOUND, place).copy()
        values[1] = number
        broken = replace(SOUND, **{place: values})
    with pytest.raises(ModelError, match=named):
        engine(broken)


@pytest.mark.parametrize(
    ("changes", "named"),
    [
        ({"row_upper": np.array([np.nan])}, "row r0: upper side"),
        ({"row_lower": np.array([np.inf])}, "row r0: lower side"),
        ({"row_upper": np.array([2e15])}, "row r0: upper side"),
        ({"row_lower": np.array([9.0])}, "row r0: lower side 9.0 exceeds"),
        ({"lower": np.array([0.0, 7.0])}, "column x1: lower bound 7.0 exceeds"),
        ({"cost": np.ones(3)}, "cost has shape"),
        ({"row_names": ["a", "b"]}, "rows have shape"),
    ],
)
def test_malformed_program(changes: dict[str, object], named: str) -> None:
    """Wrong sides, crossed bounds and shapes that differ are refused by name."""
    with pytest.raises(ModelError, match=named):
        engine(replace(SOUND, **changes))  # type: ignore[arg-type]


@pytest.mark.parametrize("scale", [0.0, -1.0, np.nan, np.inf, 2.0])
def test_bad_column_scale(scale: float) -> None:
    """Scales are positive, finite, and one at integer columns."""
    with pytest.raises(ModelError, match="column x1: scale"):
        engine(SOUND, np.array([1.0, scale]))


def test_refused_change_leaves_the_engine_sound() -> None:
    """A NaN in a change is refused, and the program held is the one before."""
    held = engine(SOUND)
    where, bad = np.array([0]), np.array([np.nan])
    for change in (held.set_bounds, held.set_row_bounds):
        with pytest.raises(ModelError):
            change(where, bad, np.array([1.0]))
    with pytest.raises(ModelError):
        held.set_cost(np.array([1.0, np.nan]))
    with pytest.raises(ModelError, match="cut 0, column column 1"):
        held.add_rows(cuts([[1.0, np.inf]], [1.0]))
    assert held.solve_mip(NEVER, gap=0.0).objective == pytest.approx(10)


@pytest.mark.parametrize(
    "option",
    [
        {"time_limt": 1.0},
        {"mip_rel_gap": "abc"},
        {"mip_rel_gap": -1.0},
        {"presolve": "maybe"},
        {"mip_heuristic_effort": math.nan},
    ],
)
def test_bad_option(option: dict[str, float | str]) -> None:
    """Unknown options and bad values are refused, not passed over."""
    with pytest.raises(SolverError, match=next(iter(option))):
        engine(SOUND).solve_mip(NEVER, gap=0.0, options=option)


def test_deadline_must_be_a_number() -> None:
    """The solver reads a limit of NaN as none."""
    with pytest.raises(SolverError, match="deadline"):
        engine(SOUND).solve_lp(math.nan)


def test_old_release() -> None:
    """Releases with wrong optima are refused."""
    with pytest.raises(ImportError, match=r"highspy 1\.14\.0 returns wrong optima"):
        require_version((1, 14, 0))
    with pytest.raises(ImportError, match=r"highspy 1\.15\.1 returns wrong optima"):
        require_version((1, 15, 1))
    require_version((1, 16, 0))


# -- the relaxation ---------------------------------------------------------------------------


@pytest.mark.parametrize("factor", [1.0, 1e4, 1e-3, 250.0])
def test_duals_are_in_user_units(factor: float) -> None:
    """A dual is the growth of the objective per unit of the side, whatever the scales are."""
    cost, rows = np.array([3.0, 2.0]) * factor, np.array([[200.0, 100.0], [1.0, 3.0]])
    matrix = program(cost, 10, rows, [800, 9], integer=False)
    scale = np.array([10.0, 0.25])
    held = engine(matrix, scale)
    answer = held.solve_lp(NEVER)
    assert answer.row_dual is not None
    for row in range(2):
        side = matrix.row_upper[row] + 0.1
        held.set_row_bounds(np.array([row]), np.array([-np.inf]), np.array([side]))
        grown = held.solve_lp(NEVER).objective - answer.objective
        assert answer.row_dual[row] * 0.1 == pytest.approx(grown)
        held.set_row_bounds(np.array([row]), np.array([-np.inf]), matrix.row_upper[[row]])
    assert (answer.row_dual > 0).all()
    assert matrix.weak_dual_bound(answer.row_dual) == pytest.approx(answer.objective)


def test_reduced_costs_are_in_user_units() -> None:
    """The reduced cost of a column at its bound is the growth per unit of that bound."""
    matrix = program([5, 2], [1, 10], [[2, 1]], [8], integer=False)
    held = engine(matrix, np.array([5.0, 0.5]))
    before = held.solve_lp(NEVER)
    held.set_bounds(np.array([0]), np.array([0.0]), np.array([1.1]))
    assert before.col_dual is not None
    grown = held.solve_lp(NEVER).objective - before.objective
    assert before.col_dual[0] * 0.1 == pytest.approx(grown)


def test_warm_relaxation_equals_a_fresh_one() -> None:
    """After rows, bounds and costs change in place, the optimum is that of a fresh engine."""
    draw = np.random.default_rng(5)
    matrix = replace(mixed(), integer=np.zeros(12, bool))
    scale = draw.uniform(0.1, 10, 12)
    held = engine(matrix, scale)
    held.solve_lp(NEVER)
    new = cuts(draw.uniform(0, 2, (5, 12)), np.full(5, 60))
    held.add_rows(new)
    held.set_bounds(np.array([1, 2]), np.array([1.0, 0]), np.array([5.0, 4]))
    held.set_cost(matrix.cost * 1.5)
    upper, lower = matrix.upper.copy(), matrix.lower.copy()
    lower[1], upper[1], upper[2] = 1, 5, 4
    fresh = replace(
        matrix,
        cost=matrix.cost * 1.5,
        lower=lower,
        upper=upper,
        rows=sparse.csr_array(sparse.vstack([matrix.rows, new.rows])),
        row_lower=np.append(matrix.row_lower, new.lower),
        row_upper=np.append(matrix.row_upper, new.upper),
        row_names=[f"r{i}" for i in range(13)],
    )
    assert held.rows == 13
    assert held.solve_lp(NEVER).objective == pytest.approx(engine(fresh).solve_lp(NEVER).objective)


def test_deleted_rows_no_longer_bind() -> None:
    """Rows that are taken out leave the others with their sides and duals."""
    held = engine(mixed())
    before = held.solve_lp(NEVER)
    held.add_rows(
        Cuts(sparse.csr_array(np.ones((2, 12))), np.full(2, -np.inf), np.array([9.0, 5]))
    )
    assert held.solve_lp(NEVER).objective < before.objective
    held.delete_rows(np.arange(10) >= 8)
    after = held.solve_lp(NEVER)
    assert after.objective == pytest.approx(before.objective)
    assert after.row_dual == pytest.approx(before.row_dual)


def test_stopped_relaxation_claims_only_what_it_proves() -> None:
    """The bound of a relaxation stopped halfway is above the optimum."""
    draw = np.random.default_rng(2)
    coefficients = sparse.random_array((4000, 5000), density=8e-4, rng=draw).tocsr()
    matrix = replace(
        program(draw.random(5000), 1, np.zeros((4000, 5000)), np.ones(4000), integer=False),
        rows=coefficients,
    )
    held = engine(matrix)
    optimum = held.solve_lp(NEVER)
    everywhere = np.arange(5000)
    held.set_bounds(everywhere, np.zeros(5000), draw.uniform(0.2, 0.9, 5000))
    stopped = held.solve_lp(time.monotonic() + 0.005)
    assert optimum.status is Status.OPTIMAL
    assert stopped.status in (Status.NO_PLAN_YET, Status.FEASIBLE_LIMIT)
    assert stopped.bound >= held.solve_lp(NEVER).objective - 1e-6


# -- whole numbers ----------------------------------------------------------------------------


def test_start_is_an_incumbent_at_once() -> None:
    """The binaries of a plan are enough: the solver completes them before any search."""
    matrix = mixed()
    best = engine(matrix).solve_mip(NEVER, gap=0.0)
    assert best.x is not None
    start = np.where(matrix.integer, best.x, np.nan)
    answer = engine(matrix).solve_mip(time.monotonic(), gap=0.0, start=start)
    assert answer.status in (Status.FEASIBLE_LIMIT, Status.OPTIMAL)
    assert answer.objective == pytest.approx(best.objective)


def test_unusable_start_is_passed_over() -> None:
    """A start that breaks a row changes nothing."""
    matrix = program([5, 4, 3], 1, [[2, 3, 1]], [4])
    answer = engine(matrix).solve_mip(NEVER, gap=0.0, start=np.ones(3))
    assert answer.status is Status.OPTIMAL
    assert answer.objective == pytest.approx(8)


def test_added_rows_bind_the_search() -> None:
    """The tree search respects rows and bounds that were changed before it."""
    held = engine(program([5, 4, 3], 1, [[2, 3, 1]], [4]))
    held.add_rows(cuts([[1, 0, 1]], [1]))
    assert held.solve_mip(NEVER, gap=0.0).x == pytest.approx([0, 1, 1])
    held.set_bounds(np.array([1]), np.array([0.0]), np.array([0.0]))
    assert held.solve_mip(NEVER, gap=0.0).x == pytest.approx([1, 0, 0])


@pytest.mark.parametrize("presolve", ["on", "off"])
@pytest.mark.parametrize(("cutoff", "found"), [(7.0, True), (8.5, False)])
def test_cutoff(presolve: str, cutoff: float, found: bool) -> None:
    """Plans below the cutoff do not count; then the cutoff is the bound."""
    held = engine(program([5, 4, 3], 1, [[2, 3, 1]], [4]))
    answer = held.solve_mip(NEVER, gap=0.0, cutoff=cutoff, options={"presolve": presolve})
    if found:
        assert answer.status is Status.OPTIMAL
        assert answer.objective == pytest.approx(8)
    else:
        assert (answer.status, answer.bound) == (Status.INFEASIBLE, cutoff)


def test_events_arrive_in_the_calling_thread() -> None:
    """Plans, progress and log come here, in user units, each plan better than the last."""
    seen: list[Progress] = []
    plans: list[tuple[Numbers, float]] = []
    threads: set[int] = set()
    matrix = knapsack()

    def line(_text: str) -> None:
        threads.add(threading.get_ident())

    held = Engine(matrix, np.ones(200), log=line)
    answer = held.solve_mip(
        time.monotonic() + 1.5,
        gap=0.0,
        on_progress=seen.append,
        on_incumbent=lambda x, value: plans.append((x, value)),
    )
    assert threads == {threading.get_ident()}
    assert seen[-1].bound >= answer.objective >= seen[-1].incumbent - 1e-6
    values = [value for _, value in plans]
    assert values == sorted(values)
    assert values[-1] == pytest.approx(answer.objective)
    assert matrix.cost @ plans[-1][0] == pytest.approx(values[-1])


def test_error_of_a_receiver_ends_the_run() -> None:
    """What a receiver raises stops the solver first and is raised here then."""

    def fails(_seen: Progress) -> None:
        raise KeyboardInterrupt

    stop = threading.Event()
    with pytest.raises(KeyboardInterrupt):
        engine(knapsack()).solve_mip(NEVER, stop, gap=0.0, on_progress=fails)
    assert stop.is_set()
    assert not [thread for thread in threading.enumerate() if thread.name == "highs"]


def test_number_of_threads_may_change() -> None:
    """Engines with different numbers of threads run one after the other and side by side."""
    matrix = knapsack(60, 10)
    answers: list[Outcome] = []

    def solve(threads: int) -> None:
        held = engine(matrix, threads=threads)
        answers.append(held.solve_mip(time.monotonic() + 0.5, gap=0.0))
        answers.append(held.solve_lp(NEVER))

    for count in (1, 2, 1):
        solve(count)
    workers = [threading.Thread(target=solve, args=(count,)) for count in (1, 2)]
    for worker in workers:
        worker.start()
    for worker in workers:
        worker.join()
    allowed = {Status.OPTIMAL, Status.FEASIBLE_LIMIT}
    assert len(answers) == 10
    assert {answer.status for answer in answers} <= allowed


# -- scaling ----------------------------------------------------------------------------------


def retold(matrix: Matrix, money: npt.NDArray[np.bool_], factor: float) -> Matrix:
    """The same program with money counted in units of ``factor``: columns, a row and the cost."""
    column = np.where(money, factor, 1.0)
    row = np.ones(matrix.rows.shape[0])
    row[::2] = 1 / factor
    rows = sparse.csr_array(matrix.rows.toarray() * column * row[:, None])
    return replace(
        matrix,
        cost=matrix.cost * column / factor,
        lower=matrix.lower / column,
        upper=matrix.upper / column,
        rows=rows,
        row_lower=matrix.row_lower * row,
        row_upper=matrix.row_upper * row,
    )


@pytest.mark.parametrize("seed", range(20))
@pytest.mark.parametrize("factor", [1e-3, 10.0, 1e3, 1e4, 1e6])
def test_unit_of_money_does_not_reach_the_solver(seed: int, factor: float) -> None:
    """The same program told in another unit of money has the same internal bits.

    Numbers have eight digits and scales at most five: no product falls on an edge of rounding.
    """
    draw = np.random.default_rng(seed)

    def numbers(*shape: int) -> Numbers:
        return draw.integers(1, 10**8, shape) * 10.0 ** draw.integers(-12, -2, shape)

    rows = numbers(12, 9) * (draw.random((12, 9)) < 0.6)
    integer = np.arange(9) < 3
    matrix = replace(program(numbers(9), numbers(9), rows, numbers(12)), integer=integer)
    money = ~integer & (draw.random(9) < 0.5)
    scale = np.where(integer, 1.0, draw.integers(1, 1000, 9) / 4)
    other = retold(matrix, money, factor)
    first, _ = matrix.scaled(scale)
    second, factors = other.scaled(np.where(money, scale / factor, scale))
    for what in ("cost", "lower", "upper", "row_lower", "row_upper"):
        assert np.array_equal(getattr(first, what), getattr(second, what)), what
    assert np.array_equal(first.rows.toarray(), second.rows.toarray())
    largest = np.abs(first.rows.toarray()).max(axis=1)
    assert ((largest == 0) | ((largest >= 0.1) & (largest < 10))).all()
    assert np.array_equal(factors.row, 10.0 ** np.rint(np.log10(factors.row)))


def test_scaled_program_has_the_same_answer() -> None:
    """Column scales change nothing in user units."""
    matrix = mixed(4)
    scale = np.where(matrix.integer, 1.0, 37.5)
    plain, scaled = (engine(matrix, s).solve_mip(NEVER, gap=0.0) for s in (np.ones(12), scale))
    assert scaled.objective == pytest.approx(plain.objective)
    assert scaled.bound == pytest.approx(plain.bound)


def test_tiny_coefficients_weaken_their_row() -> None:
    """A coefficient the solver would drop widens the side by the most it can contribute."""
    matrix = program([1, 1], [1e4, 1e4], [[1.0, -1e-10]], [3], integer=False)
    internal, factors = matrix.scaled(np.ones(2))
    assert internal.rows.nnz == 1
    assert internal.row_upper == pytest.approx([3 + 1e-6], rel=1e-15)
    assert factors.slack == pytest.approx(np.array([[0.0, 1e-6]]))


def test_significant_digits() -> None:
    """Thirteen decimals stay; zeros and infinities pass."""
    given = np.array([1 / 3, -2e-7 / 3, 0.0, np.inf, -np.inf, 1e-9, 123456789.0123456])
    wanted = [0.3333333333333, -6.666666666667e-08, 0.0, np.inf, -np.inf, 1e-9, 123456789.0123]
    assert significant(given).tolist() == wanted


# -- signals ----------------------------------------------------------------------------------


@pytest.mark.parametrize("number", [signal.SIGINT, signal.SIGTERM])
def test_signal_sets_the_flag(number: signal.Signals) -> None:
    """A signal during a search ends it with its plan; afterwards the old handler is back."""
    before = signal.getsignal(number)
    with stop_on_signals() as stop:
        threading.Timer(0.7, os.kill, (os.getpid(), number)).start()
        answer = engine(knapsack()).solve_mip(NEVER, stop, gap=0.0)
    assert answer.status is Status.INTERRUPTED_FEASIBLE
    assert answer.seconds < 5
    assert stop.received == number
    assert signal.getsignal(number) is before


def test_no_handlers_outside_the_main_thread() -> None:
    """Elsewhere the flag is a plain one."""
    flags: list[bool] = []

    def body() -> None:
        with stop_on_signals() as stop:
            stop.set()
            flags.append(stop.is_set() and stop.received is None)

    worker = threading.Thread(target=body)
    worker.start()
    worker.join()
    assert flags == [True]


def test_second_interrupt_exits() -> None:
    """Whoever presses Ctrl-C twice is out at once."""
    script = (
        "import os, signal, time\n"
        "from allocator.signals import stop_on_signals\n"
        "with stop_on_signals() as stop:\n"
        "    os.kill(os.getpid(), signal.SIGINT)\n"
        "    assert stop.wait(5)\n"
        "    os.kill(os.getpid(), signal.SIGINT)\n"
        "    time.sleep(5)\n"
    )
    paths = {**os.environ, "PYTHONPATH": os.pathsep.join(sys.path)}
    ended = subprocess.run([sys.executable, "-c", script], check=False, timeout=20, env=paths)
    assert ended.returncode == 130


def test_a_program_that_arrives_cut_is_refused(monkeypatch: pytest.MonkeyPatch) -> None:
    """If the solver takes one row less than it was given, no run is started."""
    taken = highspy.Highs.passModel

    def lossy(highs: highspy.Highs, lp: highspy.HighsLp) -> highspy.HighsStatus:
        lp.num_row_ -= 1
        start = np.array(lp.a_matrix_.start_)[:-1]
        lp.a_matrix_.start_, lp.a_matrix_.num_row_ = start, lp.num_row_
        lp.a_matrix_.index_ = np.array(lp.a_matrix_.index_)[: start[-1]]
        lp.a_matrix_.value_ = np.array(lp.a_matrix_.value_)[: start[-1]]
        lp.row_lower_, lp.row_upper_ = lp.row_lower_[:-1], lp.row_upper_[:-1]
        return taken(highs, lp)

    matrix = canaries()[0].matrix
    whole = replace(
        matrix,
        rows=sparse.csr_array(np.array([[1.0, 1.0], [1.0, 0.0]])),
        row_lower=np.array([6.5, -math.inf]),
        row_upper=np.array([math.inf, 9.0]),
        row_names=["need", "most"],
    )
    Engine(whole, np.ones(2))
    monkeypatch.setattr(highspy.Highs, "passModel", lossy)
    with pytest.raises(SolverError, match=r"holds .*\(2, 1, \d\), it was given \(2, 2, 3\)"):
        Engine(whole, np.ones(2))
