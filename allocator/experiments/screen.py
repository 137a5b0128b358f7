"""What to try next, on a terminal."""

from rich.console import Group, RenderableType
from rich.table import Table
from rich.text import Text

from allocator.experiments.choice import COUNTED, Choice
from allocator.experiments.pulses import Experiments, Pulse
from allocator.figures import amount, decimal, percent, plain
from allocator.fit.figures import QUARTER
from allocator.screen_levers import simple

SHOWN = 8


def experiments_screen(name: str, found: Experiments, currency: str) -> RenderableType:
    """The advice, the choices that are in doubt, the trials."""
    note = (
        f"contribution in {plain(currency)} of own rooms and creators over {COUNTED} weeks, at "
        f"the file's margins and wages; levels hold for {QUARTER} weeks, the other levers as today"
    )
    return Group(
        Text(plain(name), style="bold cyan"),
        Text(advice(found, currency)),
        Text(""),
        _choices(found.choices),
        Text(""),
        _pulses(found.pulses),
        Text(note, style="dim"),
    )


def advice(found: Experiments, currency: str) -> str:
    """What to try, in a sentence."""
    regret = sum(made.regret for made in found.choices)
    if not found.pulses:
        return "No boost and no room is in use: there is nothing to try."
    best = found.pulses[0]
    if not best.teaches:
        return (
            f"No trial of a month would change the next quarter's levels: not knowing costs "
            f"{amount(regret, ' ')} {plain(currency)} at most."
        )
    paid = "pays for itself" if best.cost <= 0 else f"costs {amount(best.cost, ' ')}"
    worth = "is worth it" if best.net > 0 else "teaches less than it costs"
    return (
        f"Not knowing costs {amount(regret, ' ')} {plain(currency)} a quarter. The trial that "
        f"{'is worth most' if best.net > 0 else 'comes nearest to its cost'}: {trial(best)}; it "
        f"saves {amount(best.saves, ' ')} of that and {paid}, so it {worth}."
    )


def trial(pulse: Pulse) -> str:
    """A trial in words."""
    level = pulse.factor * pulse.lever.level
    unit = "hours a week" if pulse.lever.kind == "hours" else "a week"
    weeks = f"{pulse.weeks} week{'s' if pulse.weeks > 1 else ''}"
    return f"{pulse.lever.name} at {_level(level)} {unit} for {weeks}"


def _level(value: float) -> str:
    return decimal(value, 0) if value < 1000 else amount(value, " ")


def _choices(choices: list[Choice]) -> Table:
    shown = simple("Lever", ">Today", ">Best on average", ">It brings", ">Regret of not knowing")
    for made in choices:
        level = made.lever.level
        brings = float(made.worth.mean(axis=0)[made.best])
        best = f"{_level(made.factors[made.best] * level)} ({percent(made.factors[made.best])})"
        row = (made.lever.name, _level(level), best, amount(brings, " "))
        shown.add_row(*row, amount(made.regret, " "))
    return shown


def _pulses(pulses: list[Pulse]) -> Table:
    shown = simple("Trial", ">Saves", ">± chance", ">Costs", ">Worth")
    for pulse in pulses[:SHOWN]:
        style = "" if pulse.teaches else "dim"
        figures = (pulse.saves, 2 * pulse.error, pulse.cost, pulse.net)
        shown.add_row(trial(pulse), *(amount(x, " ") for x in figures), style=style)
    return shown
