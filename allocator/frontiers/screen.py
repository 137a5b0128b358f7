"""A frontier on a terminal: what it says, the curve with its band, a row per point."""

from rich.console import Group, RenderableType
from rich.table import Table
from rich.text import Text

from allocator.figures import percent, plain
from allocator.frontiers.points import Frontier
from allocator.frontiers.words import (
    at_words,
    band_words,
    heading,
    limit_name,
    rate_words,
    sentences,
    title,
)
from allocator.labels import Lang, label
from allocator.scales import short
from allocator.screen_levers import NARROW, simple
from allocator.text_plot import LINE, Curve, plot

HEIGHT = 14
WIDEST = 90
BOUND = "·"
MARK, OWN, NONE = "●", "◇", "×"
MARGIN = 0.05
"""Room above and below the curve, as a share of its height."""


def frontier_screen(found: Frontier, width: int, lang: Lang = "en") -> RenderableType:
    """Sentences, curve and table."""
    parts: list[RenderableType] = [
        Text(f"{plain(found.instance.name)}: {title(found, lang)}", style="bold cyan")
    ]
    parts += [Text(line) for line in sentences(found, lang)]
    if len(found.planned) > 1:
        parts += [Text(""), curve(found, width)]
    parts += [_legend(lang), Text(""), table_of(found, width, lang)]
    return Group(*parts)


def curve(found: Frontier, width: int) -> Text:
    """Plans as a line, bounds as dots, and the value where the next unit stops paying marked."""
    points = found.planned
    x = [point.at for point in points]
    y = [float(point.plan.objective or 0.0) for point in points]
    bounds = [point.plan.bound for point in points]
    above = [y[n] if bound is None else bound for n, bound in enumerate(bounds)]
    curves = [Curve(x, above, BOUND), Curve(x, y, LINE)]
    stop = found.stop
    if stop is not None:
        curves.append(Curve([stop.at], [y[x.index(stop.at)]], MARK, joined=False))
    values = [*y, *above]
    room = MARGIN * (max(values) - min(values))
    return plot(
        curves,
        width=min(width, WIDEST),
        height=HEIGHT,
        low=min(values) - room,
        high=max(values) + room,
    )


def _legend(lang: Lang) -> Text:
    marks = (("─", "plan"), (BOUND, "bound"), (MARK, "stop"), (OWN, "own"), (NONE, "infeasible"))
    text = "   ".join(f"{mark} {heading(key, lang)}" for mark, key in marks)
    return Text(f"      {text}", style="dim")


def table_of(found: Frontier, width: int, lang: Lang) -> Table:
    """One row per point: the limit, the plan, what one more unit brought since the row before."""
    shown = simple(
        f">{limit_name(found, lang)}",
        f">{label('kpi', 'objective', lang)}",
        f">{label('kpi', 'gap', lang)}",
        f">{label('kpi', 'spend', lang)}",
        f">{label('kpi', 'contribution', lang)}",
        f">{heading('rate', lang)}",
        *([f">{heading('between', lang)}"] if width >= NARROW else []),
        "",
    )
    for column in shown.columns:
        column.no_wrap = False
    stop = found.stop
    names = at_words(found, [point.at for point in found.points], lang)
    for at, row in zip(names, found.table.to_dict("records"), strict=True):
        band = band_words(found, row["rate_low"], row["rate_high"], lang)
        marks = {
            MARK: stop is not None and row["at"] == stop.at,
            OWN: row["at"] == found.own,
            NONE: row["status"] == "infeasible",
        }
        shown.add_row(
            at,
            short(row["objective"], lang),
            percent(row["gap"], 2),
            short(row["spend"], lang),
            short(row["contribution"], lang),
            rate_words(found, row["rate"], lang),
            *([band] if width >= NARROW else []),
            " ".join(mark for mark, there in marks.items() if there),
        )
    return shown
