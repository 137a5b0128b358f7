"""A figure for each question, since people look before they read."""

import plotly.graph_objects as go

from allocator.alternatives.record import Alternatives, spend_by_lever
from allocator.alternatives.words import COLUMNS as ALTERNATIVE
from allocator.alternatives.words import name_of as sought
from allocator.baselines.record import Baselines
from allocator.baselines.words import COLUMNS as BASELINE
from allocator.baselines.words import name_of
from allocator.chart_style import BLUE, COLOURS, GREY, ORANGE, figure, money_axis, shown, ticks
from allocator.choices.record import Choices
from allocator.compare import sign_of
from allocator.labels import Lang, label
from allocator.scales import short
from allocator.sensitivity.record import Sensitivity
from allocator.sensitivity.words import FIGURES, change_words

BAR = 46
"""Height of a bar with its gap."""
EDGE = 80
"""Height of what is around the bars."""


def tornado(found: Sensitivity, lang: Lang) -> go.Figure:
    """What each figure moves the fixed plan's objective by, down and up, the largest on top."""
    currency = found.plan.instance.currency
    scale, unit = money_axis([one.objective for one in found.effects], lang, currency)
    figures = list(reversed(found.figures))
    made = figure(BAR * len(figures) + EDGE, barmode="overlay", hovermode="closest")
    for way, colour in (("low", ORANGE), ("high", BLUE)):
        mine = {one.figure: one for one in found.effects if one.way == way}
        rows = [name for name in figures if name in mine]
        words = [change_words(found, mine[name], lang) for name in rows]
        made.add_bar(
            y=[getattr(FIGURES[name], lang) for name in rows],
            x=[mine[name].objective / scale.size for name in rows],
            orientation="h",
            name=shown(" · ".join(dict.fromkeys(words))),
            marker={"color": colour},
            customdata=words,
            text=words,
            textposition="auto",
            hovertemplate=f"%{{customdata}}: %{{x:,.2f}} {unit}<extra></extra>",
            meta={"way": way, "scale": scale.size},
        )
    made.update_xaxes(**ticks(scale, lang))
    made.update_xaxes(zeroline=True)
    return made


def ladder(found: Baselines, lang: Lang) -> go.Figure:
    """Objective of the plan and of every simpler way to plan, the best on top."""
    plans = [(name_of(one.key, lang), one.plan) for one in found.found if one.plan is not None]
    sign = sign_of(found.plan.instance.objective.goal)
    plans.sort(key=lambda pair: sign * (pair[1].objective or 0.0))
    named = [*plans, (getattr(BASELINE["own"], lang), found.plan)]
    amounts = [float(plan.objective or 0.0) for _, plan in named]
    scale, unit = money_axis(amounts, lang, found.plan.instance.currency)
    made = figure(BAR * len(named) + EDGE - 30, hovermode="closest")
    made.add_bar(
        y=[shown(name) for name, _ in named],
        x=[amount / scale.size for amount in amounts],
        orientation="h",
        marker={"color": [*[GREY] * len(plans), BLUE]},
        text=[short(amount, lang) for amount in amounts],
        textposition="auto",
        hovertemplate=f"%{{x:,.2f}} {unit}<extra></extra>",
        showlegend=False,
        meta={"scale": scale.size},
    )
    made.update_xaxes(**ticks(scale, lang))
    return made


def mixes(found: Alternatives, lang: Lang) -> go.Figure:
    """Spend by lever of the plan and of every alternative."""
    named = [(sought(one.seek, lang), one.plan) for one in reversed(found.found)]
    named.append((getattr(ALTERNATIVE["own"], lang), found.plan))
    spends = [spend_by_lever(plan) for _, plan in named]
    totals = [sum(spend.values()) for spend in spends]
    scale, unit = money_axis(totals, lang, found.plan.instance.currency)
    made = figure(BAR * len(named) + EDGE, barmode="relative", hovermode="closest")
    for lever in spends[-1]:
        made.add_bar(
            y=[shown(name) for name, _ in named],
            x=[spend[lever] / scale.size for spend in spends],
            orientation="h",
            name=label("lever", lever, lang),
            marker={"color": COLOURS.get(lever, GREY)},
            hovertemplate=f"%{{x:,.2f}} {unit}<extra>%{{fullData.name}}</extra>",
            meta={"lever": lever, "scale": scale.size},
        )
    made.update_xaxes(**ticks(scale, lang))
    return made


def worths(found: Choices, lang: Lang) -> go.Figure | None:
    """What every deal and package is worth with the rest kept; None where none is known."""
    known = [one for one in found.found if one.kept is not None]
    if not known:
        return None
    known.sort(key=lambda one: one.kept.worth if one.kept else 0.0)
    amounts = [one.kept.worth if one.kept else 0.0 for one in known]
    scale, unit = money_axis(amounts, lang, found.plan.instance.currency)
    made = figure(BAR * len(known) + EDGE - 30, hovermode="closest")
    made.add_bar(
        y=[shown(one.name) for one in known],
        x=[amount / scale.size for amount in amounts],
        orientation="h",
        marker={"color": [BLUE if one.taken else GREY for one in known]},
        hovertemplate=f"%{{x:,.2f}} {unit}<extra></extra>",
        showlegend=False,
        meta={"scale": scale.size},
    )
    made.update_xaxes(**ticks(scale, lang))
    made.update_xaxes(zeroline=True)
    return made
