"""The second hand: plans replayed through the true laws in plain numpy, without a solver."""

from fact_models.replay.acceptance import Accept
from fact_models.replay.forward import Cut, Replay, replay
from fact_models.replay.funnel import funnel
from fact_models.replay.known import Facts, facts
from fact_models.replay.kol import OutcomeName
from fact_models.replay.status_quo import status_quo

__all__ = [
    "Accept",
    "Cut",
    "Facts",
    "OutcomeName",
    "Replay",
    "facts",
    "funnel",
    "replay",
    "status_quo",
]
