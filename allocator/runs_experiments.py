"""What ``allocator experiments`` does: read, learn, weigh trials, show."""

import json
from typing import Any

from allocator.exits import OK
from allocator.experiments.pulses import Experiments, experiments
from allocator.experiments.screen import advice, experiments_screen
from allocator.fit.figures import today
from allocator.fit.posterior import posterior
from allocator.fit.reader import read_history
from allocator.fit.weeks import weeks_of
from allocator.runs_fit import instance_to_fit
from allocator.terminal import log, stdout
from fact_models.replay import facts


def experiments_one(history: str, instance: str, *, draws: int, seed: int, as_json: bool) -> int:
    """Weigh the trials of the next month; returns the exit code."""
    spec = instance_to_fit(instance)
    weeks = weeks_of(facts(spec), read_history(history, spec))
    post = posterior(weeks, lambda n: log(f"fit, round {n}"))
    now = today(weeks, post.draws(draws, seed), post.shock)
    found = experiments(now, post, seed, log)
    if as_json:
        print(json.dumps(record(spec.name, found, spec.currency), ensure_ascii=False))
    else:
        stdout().print(experiments_screen(spec.name, found, spec.currency))
    return OK


def record(name: str, found: Experiments, currency: str) -> dict[str, Any]:
    """Choices and trials as plain values."""
    return {
        "instance": name,
        "advice": advice(found, currency),
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
