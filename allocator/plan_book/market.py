"""Sheets on the audience's assets and on stock."""

from typing import Any

from allocator.book import CYCLE
from allocator.panel import label_of
from allocator.plan_book.writer import Writer, wide

STOCKS = ("traffic", "followers", "new_followers", "customers", "interest", "awareness")


def assets(of: Writer) -> None:
    """Traffic, followers, customers, interest and awareness of every segment by week."""
    table, segments = of.plan.audience, of.plan.instance.snowball.segments
    names = [label_of(spec, s) for s, spec in segments.items()]
    columns = of.times(wide(table, "segment", "followers"))
    for key in STOCKS:
        by_segment = wide(table, "segment", key)
        for s, name in zip(segments, names, strict=True):
            heading = f"{of.label('column', key)}: {name}"
            flow = key == "new_followers"
            columns.append(of.column(key, by_segment[s], heading, total=flow, width=12))
    sheet = of.sheet("audience", of.say("assets"))
    box = of.table(sheet, columns, total=True, freeze=2)
    for n, title in enumerate(("traffic_week", "followers_week")):
        place = (box.last + 3, 7 * n)
        drawn = {
            2 + n * len(names) + k: (name, CYCLE[k % len(CYCLE)]) for k, name in enumerate(names)
        }
        of.drawn[title] = box, drawn
        look: dict[str, Any] = {"kind": "area", "stacked": True, "size": (600, 320)}
        of.chart(sheet, box, drawn, of.say(title), at=place, **look)


def goods(of: Writer) -> None:
    """Stock and purchases of every line that keeps stock."""
    table, lines = of.plan.goods, of.plan.instance.goods.lines
    if not len(table):
        return
    by_line = {key: wide(table, "line", key) for key in ("stock", "purchase")}
    columns = of.times(by_line["stock"])
    for g in dict.fromkeys(str(line) for line in table["line"]):
        for key, shaped in by_line.items():
            heading = f"{of.label('column', key)}: {label_of(lines[g], g)}"
            flow = key == "purchase"
            columns.append(of.column(key, shaped[g], heading, total=flow, width=16))
    of.table(of.sheet("goods", of.say("goods")), columns, total=True, freeze=2)
