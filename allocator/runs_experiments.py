"""What ``allocator experiments`` does: read, learn, weigh trials, show."""

import json
from typing import Any

from allocator.doubt.draws import drawn_from
from allocator.exits import OK
from allocator.experiments.pulses import Experiments, experiments
from allocator.experiments.screen import experiments_screen
from allocator.experiments.words import advice, lesson
from allocator.fit.draws import draws_table
from allocator.fit.figures import today
from allocator.fit.learning import follows
from allocator.fit.posterior import posterior
from allocator.fit.reader import read_history
from allocator.fit.weeks import weeks_of
from allocator.labels import Lang
from allocator.runs_fit import instance_to_fit
from allocator.terminal import log, stdout
from fact_models.replay import facts


def experiments_one(
    history: str, instance: str, *, draws: int, seed: int, as_json: bool, lang: Lang
) -> int:
    """Weigh the trials of the next month; returns the exit code."""
    spec = instance_to_fit(instance)
    seen = read_history(history, spec)
    weeks = weeks_of(facts(spec), seen)
    post = posterior(weeks, lambda n: log(f"fit, round {n}"))
    z = post.draws(draws, seed)
    now = today(weeks, z, post.shock)
    table = draws_table(now, z, states=follows(spec, seen))
    worlds = drawn_from(spec, table, instance, draws, seed)
    found = experiments(now, post, [one.instance for one in worlds.members], seed, log)
    if as_json:
        print(json.dumps(record(spec.name, found, spec.currency), ensure_ascii=False))
    else:
        stdout().print(experiments_screen(spec.name, found, spec.currency, lang))
    return OK


def record(name: str, found: Experiments, currency: str) -> dict[str, Any]:
    """Choices and trials as plain values."""
    return {
        "instance": name,
        "advice": advice(found, currency),
        "lesson": lesson(found, "en"),
        "judged_by": "contribution" if found.asked.contribution else "gmv",
        "yuan_counts": found.asked.price,
        "choices": [
            {
                "lever": made.lever.name,
                "today": made.lever.level,
                "best": made.factors[made.best] * made.lever.level,
                "brings": float(made.worth.mean(axis=0)[made.best]),
                "regret": made.regret,
            }
            for made in found.choices
        ],
        "trials": [
            {
                "lever": p.lever.name,
                "level": p.factor * p.lever.level,
                "weeks": p.weeks,
                "saves": p.saves,
                "error": p.error,
                "cost": p.cost,
                "net": p.net,
                "teaches": p.teaches,
            }
            for p in found.pulses
        ],
    }
