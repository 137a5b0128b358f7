"""What is asked of the solver, by family and weeks: the one place where the bars stand.

A bar is passed by medians over the seeds of a family: gap at most ``gap`` after at most
``seconds`` of wall time from file to verified plan, on two cores; no seed above ``WORST`` times
the gap.
"""

from dataclasses import dataclass

WORST = 3.0
"""Largest gap of any seed, relative to the bar's."""
FIRST_PLAN = {26: 10.0}
"""Wall seconds within which any instance of so many weeks has a verified plan; a bar apart."""


@dataclass(frozen=True)
class Bar:
    """One bar; None where nothing is asked."""

    gap: float
    """Relative gap between verified plan and proved bound."""
    seconds: float
    """Wall time of the process."""
    handed_over: float | None = None
    """Seconds of build and hand-over."""
    first_plan: float | None = None
    """Wall time until there is a verified plan."""
    memory: float | None = None
    """Peak memory of the process in MB."""

    def __str__(self) -> str:
        return f"{100 * self.gap:g} % in {self.seconds:g} s"


BARS = {
    ("slack_budget", 13): Bar(0.001, 10),
    ("slack_budget", 26): Bar(0.001, 30),
    ("slack_budget", 52): Bar(0.003, 120),
    ("tight_budget", 13): Bar(0.005, 20),
    ("tight_budget", 26): Bar(0.01, 60),
    ("tight_budget", 52): Bar(0.015, 300),
    ("tight_cash", 13): Bar(0.005, 30),
    ("tight_cash", 26): Bar(0.01, 90),
    ("tight_cash", 52): Bar(0.02, 300),
    ("tight_staff", 13): Bar(0.005, 20),
    ("tight_staff", 26): Bar(0.01, 60),
    ("tight_staff", 52): Bar(0.015, 300),
    ("many_deals", 13): Bar(0.005, 30),
    ("many_deals", 26): Bar(0.01, 120),
    ("many_deals", 52): Bar(0.02, 300),
    ("s_curves", 13): Bar(0.002, 20),
    ("s_curves", 26): Bar(0.005, 60),
    ("s_curves", 52): Bar(0.01, 300),
    ("xl", 52): Bar(0.05, 600, handed_over=10, first_plan=60, memory=4000),
}
"""Bars by family of ``allocator.families`` and weeks."""
