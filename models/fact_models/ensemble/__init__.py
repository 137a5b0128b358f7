"""The laws of the own rooms for many sets of parameters at once: what learning and doubt need.

Axes: n sets of parameters, a accounts, s segments, i boosts, c tiers, t periods. The same laws as
in ``fact_models.replay``; a test holds the two together.
"""

from fact_models.ensemble.controls import Controls
from fact_models.ensemble.course import Course, Start, run
from fact_models.ensemble.rates import Rates, rates_of

__all__ = ["Controls", "Course", "Rates", "Start", "rates_of", "run"]
