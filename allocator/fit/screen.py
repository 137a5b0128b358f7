"""A fit on a terminal: growth, returns, what was seen, what to beware of."""

from collections.abc import Iterator

from rich.console import Group, RenderableType
from rich.table import Table
from rich.text import Text

from allocator.figures import DASH, amount, decimal, percent, plain
from allocator.fit.learning import Fit, Interval
from allocator.fit.seen import Range
from allocator.screen_levers import simple

UNITS = {
    "boost": "GMV per yuan of boost",
    "hours": "GMV per live hour in",
    "creators": "GMV per creator in",
    "package": "GMV of a week of package",
}
LEARNED, BARELY = 0.5, 0.9
"""Width of an interval relative to the one beforehand: learned below, barely touched above."""


def fit_screen(
    found: Fit, beyond: list[tuple[str, str, float | None, Range | None]]
) -> RenderableType:
    """Everything that a planner wants to know of a fit."""
    parts: list[RenderableType] = [
        Text(plain(found.instance.name), style="bold cyan"),
        Text(_about(found)),
        Text(""),
        _growth(found),
        Text(""),
        _returns(found),
        Text(""),
        _seen(found, found.seen),
        Text(""),
        *(Text(line) for line in _words(found)),
    ]
    parts += [Text(f"Beware: {line}.", style="yellow") for line in found.warnings]
    parts += [Text(line, style="yellow") for line in _beyond(found, beyond)]
    return Group(*parts)


def _about(found: Fit) -> str:
    history, errors = found.history, found.post.errors
    return (
        f"{history.weeks} weeks from {history.first}, {len(history.accounts)} accounts, "
        f"{len(found.growth)} segments. Measurement error: visits "
        f"{percent(errors['visits'], 1)}, orders {percent(errors['orders'], 1)}; traffic moves by "
        f"{percent(found.post.shock, 1)} a week beyond the laws."
    )


def _between(found: Interval, digits: int) -> tuple[str, str]:
    low, high = decimal(found.low, digits), decimal(found.high, digits)
    return decimal(found.middle, digits), f"{low} to {high}"


def _growth(found: Fit) -> Table:
    shown = simple("Segment", ">Growth factor", ">90 %", ">Visits of a year", ">90 %")
    for s, grown in found.growth.items():
        label = found.instance.snowball.segments[s].label or s
        shown.add_row(plain(label), *_between(grown, 3), *_between(found.multiplier[s], 1))
    shown.caption = "visits of a year: recommended visits that one more visit of today brings"
    return shown


def _returns(found: Fit) -> Table:
    shown = simple("One more of", ">GMV in a quarter", ">90 %")
    for lever, brought in found.returns.items():
        kind, _, key = lever.partition(" ")
        low, high = _money(brought.low), _money(brought.high)
        shown.add_row(f"{UNITS[kind]} {key}", _money(brought.middle), f"{low} to {high}")
    return shown


def _money(value: float) -> str:
    return decimal(value, 2) if abs(value) < 100 else amount(value, " ")


def _seen(found: Fit, seen: list[Range]) -> Table:
    shown = simple("Seen in a week", ">from", ">to", ">the file allows")
    for r in seen:
        limit = DASH if r.limit is None else _money(r.limit)
        far = r.limit is not None and r.limit > r.high
        shown.add_row(r.lever, _money(r.low), _money(r.high), Text(limit, "yellow" if far else ""))
    return shown


def _words(found: Fit) -> Iterator[str]:
    """What was learned and what was not, and how forecasts did."""
    narrow = sum(width < LEARNED for width in found.prior.values())
    wide = [name for name, width in found.prior.items() if width > BARELY]
    yield (
        f"Of {len(found.prior)} parameters {narrow} are known at least twice as well as the "
        f"file says (its ranges are assumed); {len(wide)} are hardly known better than before"
        + (f": {', '.join(wide[:6])}{' ...' if len(wide) > 6 else ''}." if wide else ".")
    )
    done = found.check
    if done is not None:
        year = "" if done.seasonal is None else f", a year before {percent(done.seasonal, 1)}"
        yield (
            f"The last {done.weeks} weeks, forecast from the ones before: off by "
            f"{percent(done.model, 1)} of their orders; last week's orders would be off by "
            f"{percent(done.naive, 1)}{year}."
        )


def _beyond(
    found: Fit, beyond: list[tuple[str, str, float | None, Range | None]]
) -> Iterator[str]:
    for lever, _, planned, seen in beyond:
        if seen is None:
            yield f"The plan uses {lever}, which the history has not seen."
        else:
            yield (
                f"The plan takes {lever} to {_money(planned or 0.0)}; the history has seen "
                f"{_money(seen.low)} to {_money(seen.high)}: there the curve is a guess."
            )
