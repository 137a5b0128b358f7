"""Provenance: which lever, in which period, every visit, follower, order and yuan of a plan came
from (AT).
"""

from fact_models.replay.provenance.origins import Origins, Source, origins_of
from fact_models.replay.provenance.trace import CHANNELS, Trace, trace

__all__ = ["CHANNELS", "Origins", "Source", "Trace", "origins_of", "trace"]
