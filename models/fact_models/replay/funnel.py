"""The funnel: the same merchant in a world whose recommender does not answer (SN.19)."""

import numpy as np

from fact_models.replay.forward import run
from fact_models.replay.known import facts
from fact_models.replay.status_quo import status_quo
from fact_models.spec.instance import Instance


def funnel(instance: Instance) -> Instance:
    """The instance with standing traffic and no calibration, which sells the same in period 1.

    Conversions rise by what calibration yields per plain order of the status quo in the first
    period; without follower or boost factors that is δ (1 - exp(-F0 / (ν V0))) as in MODEL.md.
    An instance that is a funnel already comes back unchanged.
    """
    if instance.snowball.model == "funnel":
        return instance
    known = facts(instance)
    w = run(known, status_quo(instance), "greedy")
    law, field, d = known.snowball, known.field, w.d
    boosted = np.tensordot(field.boost_factor - 1, d.boosted[..., 0], 1)
    repeats = (law.follower_factor[:, 0] - 1) * d.returning[..., 0]
    weighted = field.factor @ (w.visits[..., 0] + boosted + repeats)
    yielded = law.gain[:, 0] * (field.factor @ d.matched[..., 0])
    rise = np.divide(yielded, weighted, out=np.zeros_like(yielded), where=weighted > 0)
    segments = {}
    for add, (name, segment) in zip(rise, instance.snowball.segments.items(), strict=True):
        raised = {
            key: min(rate + float(add), 1.0)
            for key in ("conversion", "conversion_well", "conversion_interested")
            if (rate := getattr(segment, key)) is not None
        }
        segments[name] = segment.model_copy(update={**raised, "calibration_gain": 0.0})
    snowball = instance.snowball.model_copy(update={"model": "funnel", "segments": segments})
    return instance.model_copy(update={"snowball": snowball})
