"""The sheet on returns: ROI of every source, gross and net, against its break-even."""

import math

from allocator.book import CYCLE, GREY, Column, Kind
from allocator.plan_book.writer import Writer
from allocator.tables import LEVERS, SOURCES
from fact_models.replay.economics import Economics, economics


def returns(of: Writer) -> None:
    """GMV, net GMV, margin, spend and ROI by source, with the ROI that earns the spend back."""
    rows = _rows(of)
    money = [entry[1] for entry in rows]
    paid = [entry[2] for entry in rows]
    never = of.say("never")
    even = [(x.break_even or never) if x.gmv > 0 else None for x in money]

    def ratio(
        heading: str, parts: list[float], wholes: list[float | None], kind: Kind = "factor"
    ) -> Column:
        found = [p / w if w and w > 0 else None for p, w in zip(parts, wholes, strict=True)]
        return Column(heading, found, kind, width=15)

    gmv, net = [x.gmv for x in money], [x.net_gmv for x in money]
    margin = [x.margin for x in money]
    assert of.plan.replay is not None
    fees = float(of.plan.replay.fee_back.sum())
    sellers = (of.label("source", "kol"), of.say("break_even_all"))
    back = [fees if entry[0] in sellers else 0.0 for entry in rows]
    left = [m - (spend or 0.0) + b for m, spend, b in zip(margin, paid, back, strict=True)]
    columns = [
        of.column("source", [entry[0] for entry in rows], width=24),
        of.column("gmv", gmv),
        of.column("net_gmv", net),
        ratio(of.say("kept"), net, list(gmv), "share"),
        of.money(of.say("margin"), margin, total=False),
        ratio(of.say("margin_rate"), margin, list(gmv), "share"),
        of.column("spend", paid),
        ratio(of.label("kpi", "roi"), gmv, paid),
        ratio(of.label("kpi", "net_roi"), net, paid),
        Column(of.label("kpi", "break_even_roi"), even, "factor", width=15),
        *([of.column("fee_back", back)] if fees > 0 else []),
        of.money(of.say("after_spend"), left, total=False),
    ]
    sheet = of.sheet("roi", of.say("returns"))
    box = of.table(sheet, columns, freeze=1)
    grey = of.book.format(font_color=GREY, italic=True)
    for n, key in enumerate(("returns_even", "returns_field"), start=2):
        sheet.write_string(box.last + n, 0, of.say(key), grey)
    drawn = {
        7: (of.label("kpi", "roi"), CYCLE[0]),
        8: (of.label("kpi", "net_roi"), CYCLE[2]),
        9: (of.label("kpi", "break_even_roi"), CYCLE[3]),
    }
    place, size = (box.last + 5, 0), (960, 340)
    of.chart(sheet, box, drawn, of.say("roi_chart"), axis="0.0", at=place, size=size)


def _rows(of: Writer) -> list[tuple[str, Economics, float | None]]:
    """Name, money and spend of every source, of the own rooms together, and of all."""
    assert of.plan.decisions is not None
    assert of.plan.replay is not None
    found = economics(of.plan.instance, of.plan.decisions)
    spend = {lever: float(of.plan.replay.spend[lever].sum()) for lever in LEVERS}
    rows: list[tuple[str, Economics, float | None]] = [
        (of.label("source", name), found[name], spend.get(name)) for name in SOURCES
    ]
    own = together(found["field"], found["campaign"])
    rows.insert(2, (of.say("own_rooms"), own, spend["field"] + spend["campaign"]))
    rows.append((of.say("break_even_all"), together(*found.values()), math.fsum(spend.values())))
    return rows


def together(*parts: Economics) -> Economics:
    """The money of several sources as that of one."""
    names = ("gmv", "net_gmv", "fees", "goods", "logistics", "commission")
    return Economics(*(math.fsum(getattr(part, name) for part in parts) for name in names))
