"""Does ``allocator fit`` find planted truths, and does it know how well it knows them?

``python -m benchmarks.fit_study --keep study.jsonl --merchants 100 --write docs/fit.md``

Each merchant stands in for one of the four archetypes, with one room and one segment or, with
``--whole``, with all of them; her parameters are drawn from what is believed beforehand. Every fit
is a line of the kept file, so a study that was stopped goes on; without ``--merchants`` the kept
lines are told. ``--first`` plants other merchants, to try things on; ``--drift`` plants merchants
whose laws are not those that are fitted.
"""

import argparse
import json
import time
from collections.abc import Iterator
from functools import cache
from pathlib import Path
from typing import Any

from allocator.fit.figures import growth, multiplier, returns, today
from allocator.fit.forecast import check
from allocator.fit.learning import SHOWN_DRAWS, interval
from allocator.fit.posterior import posterior
from allocator.load import load
from benchmarks.fit_tables import report
from benchmarks.fit_worlds import World, one_room, world
from benchmarks.sections import write_section
from fact_models.replay import Facts, facts

ARCHETYPES = ("growing-apparel-52", "beauty-brand-52", "snack-alliance-52", "micro-factory-52")
FOLDER = Path(__file__).parents[1] / "instances" / "archetypes"
WEEKS = (26, 52, 104)
NOISE = (0.0, 0.05, 0.10)
CELL = 100_000
"""Added to the seed by cell, so that no two cells have merchants in common."""
SECTIONS = {False: "study of planted merchants, one room", True: "study of planted archetypes"}
DRIFTING = "study of planted merchants, laws that drift"


@cache
def merchant(name: str, *, whole: bool) -> Facts:
    """An archetype, or its first room and segment, as arrays."""
    instance = load(FOLDER / f"{name}.yaml")
    return facts(instance if whole else one_room(instance))


def one(weeks: int, noise: float, seed: int, *, whole: bool, drift: float = 0.0) -> dict[str, Any]:
    """A fit of a planted merchant, with the truth beside it."""
    name = ARCHETYPES[seed % len(ARCHETYPES)]
    cell = WEEKS.index(weeks) * len(NOISE) + NOISE.index(noise)
    known = merchant(name, whole=whole)
    planted = world(known, weeks, noise, seed + CELL * cell, drift=drift)
    began = time.process_time()
    post = posterior(planted.weeks)
    draws = post.draws(SHOWN_DRAWS, seed)
    seconds = time.process_time() - began
    found = check(planted.weeks, post, draws, planted.history, seed)
    return {
        "weeks": weeks,
        "noise": noise,
        "seed": seed,
        "whole": whole,
        "drift": drift,
        "archetype": name,
        "seconds": round(seconds, 2),
        "errors": {k: round(v, 4) for k, v in post.errors.items()},
        "shock": round(post.shock, 4),
        "figures": list(_figures(planted, draws, post.shock)),
        "forecast": vars(found) if found else None,
    }


def _figures(planted: World, draws: Any, shock: float) -> Iterator[dict[str, Any]]:
    """Truth, median and 90 % interval of every figure."""
    now, true = today(planted.weeks, draws, shock), planted.truth()
    for name, law in (("growth", growth), ("multiplier", multiplier)):
        guess, truth = law(now), law(true)
        for n in range(truth.shape[1]):
            yield _figure(name, truth[0, n], guess[:, n])
    truths = returns(true)
    for lever, guess in returns(now).items():
        yield _figure(lever.split()[0], truths[lever][0], guess)


def _figure(name: str, truth: float, draws: Any) -> dict[str, Any]:
    found = interval(draws)
    return {
        "name": name,
        "truth": float(truth),
        "low": found.low,
        "middle": found.middle,
        "high": found.high,
    }


def kept(path: Path) -> list[dict[str, Any]]:
    """Lines of an earlier run."""
    text = path.read_text(encoding="utf-8") if path.is_file() else ""
    return [json.loads(line) for line in text.splitlines() if line.endswith("}")]


def main() -> None:
    """Run what is not kept yet, then tell."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--keep", type=Path, required=True)
    parser.add_argument("--merchants", type=int, default=0)
    parser.add_argument("--first", type=int, default=0, help="seed of the first merchant")
    parser.add_argument("--whole", action="store_true", help="whole archetypes, not one room")
    parser.add_argument("--drift", type=float, default=0.0, help="how far the laws wander")
    parser.add_argument("--weeks", type=int, nargs="+", choices=WEEKS, default=WEEKS)
    parser.add_argument("--noise", type=float, nargs="+", choices=NOISE, default=NOISE)
    parser.add_argument("--write", type=Path)
    args = parser.parse_args()
    same = args.whole, args.drift
    lines = [x for x in kept(args.keep) if (x["whole"], x["drift"]) == same]
    done = {(x["weeks"], x["noise"], x["seed"]) for x in lines}
    for seed in range(args.first, args.first + args.merchants):
        for weeks in args.weeks:
            for noise in args.noise:
                if (weeks, noise, seed) in done:
                    continue
                line = one(weeks, noise, seed, whole=args.whole, drift=args.drift)
                lines.append(line)
                with args.keep.open("a", encoding="utf-8") as file:
                    file.write(json.dumps(line) + "\n")
    text = report(lines)
    if args.write:
        section = DRIFTING if args.drift else SECTIONS[args.whole]
        write_section(args.write, section, text)
    else:
        print(text)


if __name__ == "__main__":
    main()
