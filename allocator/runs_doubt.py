"""What ``score`` and ``hedge`` do: read, replay or solve, show, write."""

import json
import math
from collections.abc import Callable
from dataclasses import replace
from pathlib import Path
from typing import TYPE_CHECKING

from allocator import plan_file
from allocator.compare import sign_of
from allocator.doubt.draws import MOST, drawn, spread
from allocator.doubt.firm import Firmness, chosen_worlds, firmness
from allocator.doubt.measures import Measure
from allocator.doubt.page import score_page
from allocator.doubt.record import score_record
from allocator.doubt.score import Score, score
from allocator.doubt.screen import score_screen
from allocator.doubt.worlds import Tree, World, Worlds, WorldsError, worlds_of
from allocator.exits import NO_PLAN, OK, unless_stopped
from allocator.faults import InputError, Problem
from allocator.named_files import read_plan
from allocator.plan import Plan
from allocator.reporting import reporting
from allocator.runs import Options, held, instance_of, solve_one
from allocator.runs_compare import Output
from allocator.signals import StopEvent, stop_on_signals
from allocator.terminal import log, stderr, stdout
from fact_models.replay import status_quo
from fact_models.spec.instance import Instance

if TYPE_CHECKING:
    from allocator.doubt.outlooks import Hedge

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
    draws: str | None = None,
    target: float | None = None,
    replan: int = 0,
) -> int:
    """Score a plan, plan anew for some of its worlds if asked for, show and write it; returns the
    exit code.

    Args:
        path: the plan.
        wanted: its worlds.
        options: limits of every plan made anew.
        output: where the result goes and in which language.
        draws: the file that the worlds come from, which must not be written over.
        target: GMV to reach; the plan's own without it.
        replan: for how many worlds to plan anew.

    Raises:
        InputError: the plan cannot be read or holds no decisions.
    """
    output.check(path, draws)
    plan = read_plan(path)
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
        _show(found, firm, (len(plans), replan), output)
    return unless_stopped(stop)


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


def _show(found: Score, firm: list[Firmness], replans: tuple[int, int], output: Output) -> None:
    """Print and write a score; ``replans`` are the plans made anew that are compared, and those
    that were asked for."""
    there, asked = replans
    if output.as_json:
        print(json.dumps(score_record(found, firm, there), ensure_ascii=False))
    else:
        console = stdout()
        console.print(score_screen(found, firm, there, console.width, output.lang, asked))
    output.write(output.html, lambda: score_page(found, firm, there, output.lang, asked))


def hedge_one(
    path: str,
    wanted: Callable[[Instance], Worlds],
    measure: Measure,
    options: Options,
    output: Output,
    *,
    draws: str | None = None,
    out: Path | None = None,
    most: int = 5,
) -> int:
    """Plan for all worlds of an instance, show and write it; returns the exit code.

    Args:
        path: the instance, or a plan of it.
        wanted: its worlds.
        measure: what is best over them.
        options: limits of everything.
        output: where the result goes and in which language.
        draws: the file that the worlds come from, which must not be written over.
        out: folder for the plan of every world, or None.
        most: worlds that stand for all.

    Raises:
        InputError: the file cannot be read, or the instance has no such worlds.
        OutputError: a file cannot be written, or another run works in the folder.
    """
    from allocator.doubt.hedge import hedge
    from allocator.doubt.hedge_view import hedge_page, hedge_record, hedge_screen

    output.check(path, draws)
    instance = instance_of(path)
    worlds = few(wanted(instance), most)
    with held(out), stop_on_signals() as stop:
        with reporting(stderr(), instance.name, options.time_limit) as told:
            found = hedge(
                worlds,
                measure,
                gap=options.gap,
                time_limit=options.time_limit,
                threads=options.threads,
                seed=options.seed,
                progress=told,
                stop=stop,
            )
        if output.as_json:
            print(json.dumps(hedge_record(found), ensure_ascii=False))
        else:
            stdout().print(hedge_screen(found, output.lang))
        output.write(output.html, lambda: hedge_page(found, output.lang))
        if out is not None:
            _keep(found, out)
    if stop.received is not None and found.gap > options.gap:
        return unless_stopped(stop)
    return OK if found.hedge is not None else NO_PLAN


def few(worlds: Worlds, most: int) -> Worlds:
    """Draws that stand for many: the middles of groups that going on as today parts. Worlds that
    somebody named are all kept, each with its chance.
    """
    if len(worlds.members) <= most:
        return worlds
    if not worlds.drawn:
        log(
            f"{worlds.written.name}: all {len(worlds.members)} worlds are kept, since --worlds"
            " parts draws only; each takes its share of --time-limit"
        )
        return worlds
    today = Plan.of(worlds.written, "feasible_limit", status_quo(worlds.written), math.inf)
    order = score(today, worlds).objective
    return replace(worlds, members=tuple(chosen_worlds(worlds, order, most)), values=None)


def _keep(found: "Hedge", out: Path) -> None:
    """Write the hedge's plan of every world, with the bound of that world alone."""
    if found.hedge is None:
        return
    members = found.worlds.members
    sign = sign_of(found.worlds.written.objective.goal)
    for world, decisions, best in zip(members, found.hedge.decisions, found.best, strict=True):
        if decisions is None:
            continue
        name = f"{found.worlds.written.name}-{world.name.replace(' ', '-')}"[:64]
        named = world.instance.model_copy(update={"name": name})
        plan = Plan.of(named, "feasible_hedge", decisions, sign * float(best), worlds=len(members))
        log(f"{name}: written to {plan_file.write(out, plan)}")
