"""What to try next, on a terminal."""

from rich.console import Group, RenderableType
from rich.table import Table
from rich.text import Text

from allocator.experiments.choice import Choice
from allocator.experiments.pulses import Experiments, Pulse
from allocator.experiments.words import (
    advice,
    best_name,
    lesson,
    level_name,
    lever_name,
    notes,
    say,
    trial_name,
)
from allocator.figures import plain
from allocator.labels import Lang
from allocator.scales import short
from allocator.screen_levers import simple

SHOWN = 8


def experiments_screen(
    name: str, found: Experiments, currency: str, lang: Lang = "en"
) -> RenderableType:
    """The advice, what its lesson would change, the choices that are in doubt, the trials."""
    return Group(
        Text(plain(name), style="bold cyan"),
        Text(advice(found, currency, lang)),
        *(Text(line) for line in lesson(found, lang)),
        Text(""),
        _choices(found.choices, lang),
        Text(""),
        _pulses(found.pulses, lang),
        Text(""),
        *(Text(line, style="dim") for line in notes(found, lang)),
    )


def _choices(choices: list[Choice], lang: Lang) -> Table:
    keys = ("today", "best", "brings", "regret")
    shown = simple(say("lever", lang), *(f">{say(key, lang)}" for key in keys))
    for made in choices:
        brings = float(made.worth.mean(axis=0)[made.best])
        shown.add_row(
            lever_name(made.lever, lang),
            level_name(made.lever.level, lang),
            best_name(made, lang),
            short(brings, lang),
            short(made.regret, lang),
        )
    return shown


def _pulses(pulses: list[Pulse], lang: Lang) -> Table:
    keys = ("saves", "chance", "costs", "worth")
    shown = simple(say("trial", lang), *(f">{say(key, lang)}" for key in keys))
    for pulse in pulses[:SHOWN]:
        style = "" if pulse.teaches else "dim"
        figures = (pulse.saves, 2 * pulse.error, pulse.cost, pulse.net)
        cells = (short(x, lang) for x in figures)
        shown.add_row(trial_name(pulse, lang), *cells, style=style)
    return shown
