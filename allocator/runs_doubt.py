"""What ``score`` and ``hedge`` do: read, replay or solve, show, write."""

import json
from collections.abc import Callable

from allocator import plan_file
from allocator.doubt.draws import MOST, drawn, spread
from allocator.doubt.firm import Firmness, chosen_worlds, firmness
from allocator.doubt.page import score_page
from allocator.doubt.record import score_record
from allocator.doubt.score import Score, score
from allocator.doubt.screen import score_screen
from allocator.doubt.worlds import Tree, World, Worlds, WorldsError, worlds_of
from allocator.exits import INTERRUPTED, NO_PLAN, OK
from allocator.faults import InputError, Problem
from allocator.plan import Plan
from allocator.runs import Options, solve_one
from allocator.runs_compare import Output
from allocator.signals import StopEvent, stop_on_signals
from allocator.terminal import log, stderr, stdout
from fact_models.spec.instance import Instance

USABLE = 0.05
"""Gap up to which a plan made anew says anything about decisions."""


def worlds_for(
    instance: Instance,
    path: str,
    *,
    tree: Tree | None = None,
    draws: str | None = None,
    by: float | None = None,
    most: int = MOST,
    seed: int = 0,
) -> Worlds:
    """The worlds that a call asks for: draws of a file, an assumed spread, or a tree.

    Raises:
        InputError: a file cannot be read, or the instance has no such worlds.
    """
    if draws is not None:
        return drawn(instance, draws, most, seed)
    try:
        return worlds_of(instance, tree) if by is None else spread(instance, by, most, seed)
    except WorldsError as error:
        asked = "--spread" if by is not None else f"--scenarios {tree or ''}".strip()
        raise InputError([Problem(path, 0, asked, "", str(error), "")]) from None


def score_one(
    path: str,
    wanted: Callable[[Instance], Worlds],
    options: Options,
    output: Output,
    *,
    target: float | None = None,
    replan: int = 0,
) -> int:
    """Score a plan, plan anew for some of its worlds if asked for, show and write it; returns the
    exit code.

    Raises:
        InputError: the plan cannot be read or holds no decisions.
    """
    output.check()
    plan = plan_file.read(path)
    if plan.decisions is None:
        raise InputError([Problem(path, 0, "", "", "the plan holds no decisions", "")])
    with stop_on_signals() as stop:
        worlds = wanted(plan.instance)

        def told(done: int, of: int) -> None:
            if stderr().is_terminal or done == of:
                log(f"{plan.name}: {done} of {of} worlds replayed")

        found = score(plan, worlds, target=target, progress=told, halted=stop.is_set)
        plans = _replanned(found, replan, options, stop) if replan else []
        firm = firmness(plan, found.worlds, plans) if plans else []
        _show(found, firm, len(plans), output)
    if stop.received is not None:
        return INTERRUPTED.get(stop.received, NO_PLAN)
    return OK


def _replanned(
    found: Score, count: int, options: Options, stop: StopEvent
) -> list[tuple[World, Plan]]:
    """Plans made anew for worlds that stand for all; those far from their best are left
    out."""
    plans = []
    for world in chosen_worlds(found.worlds, found.objective, count):
        if stop.is_set():
            break
        named = world.instance.model_copy(update={"name": f"{found.plan.name}-{world.name}"[:64]})
        plan = solve_one(named, options, stop)
        if plan.gap is not None and plan.gap <= max(USABLE, 2 * options.gap):
            plans.append((world, plan))
        else:
            log(f"{plan.name}: too far from its best plan to be compared; give it more time")
    return plans


def _show(found: Score, firm: list[Firmness], replans: int, output: Output) -> None:
    if output.as_json:
        print(json.dumps(score_record(found, firm, replans), ensure_ascii=False))
    else:
        console = stdout()
        console.print(score_screen(found, firm, replans, console.width, output.lang))
    output.write(output.html, lambda: score_page(found, firm, replans, output.lang))
