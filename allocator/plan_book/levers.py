"""Sheets on creators and on Top-KOL deals."""

from allocator.book import CYCLE, Column
from allocator.panel import label_of
from allocator.plan_book.writer import Writer


def creators(of: Writer) -> None:
    """Offer, samples and results of every tier: over the horizon and by week."""
    if of.plan.instance.alliance is None:
        return
    assert of.plan.replay is not None
    tiers, table, pool = of.plan.instance.alliance.tiers, of.plan.alliance, of.plan.replay.pool
    parts = [table[table["tier"] == c] for c in tiers]
    flows = ("samples", "visits", "orders")
    columns = [
        of.column("tier", [label_of(spec, c) for c, spec in tiers.items()]),
        of.column("pool", pool[:, 0], of.say("pool_start")),
        of.column("pool", pool[:, -1], of.say("pool_end")),
        *(of.column(key, [part[key].sum() for part in parts], total=True) for key in flows),
    ]
    sheet = of.sheet("alliance", of.say("creators"))
    box = of.table(sheet, columns, total=True)
    row = box.last + 4
    # A page for everyone who looks after a tier.
    sheet.set_h_pagebreaks([row + n * (len(parts[0]) + 6) for n in range(1, len(parts))])
    for (c, spec), part in zip(tiers.items(), parts, strict=True):
        row = of.book.heading(sheet, row, label_of(spec, c))
        columns = [
            of.column("week", part["week"]),
            of.column("start", part["start"], width=13),
            of.column("offer", part["offer"], width=13),
            of.column("commission_rate", part["commission_rate"]),
            of.column("pool", part["pool"]),
            of.column("kept", part["kept"]),
            *(of.column(key, part[key], total=True) for key in flows),
        ]
        row = of.table(sheet, columns, row=row, total=True).last + 4


def _decision(signed: bool, agreed: bool) -> str:
    """Key of what is decided about a deal, or was before the plan."""
    if agreed:
        return "signed_before" if signed else "held_before"
    return "do_sign" if signed else "do_not_sign"


def deals(of: Writer) -> None:
    """Every deal: decision, weeks, terms, and its outcomes from low to high."""
    if of.plan.instance.kol is None:
        return
    table = of.plan.deals.sort_values(["signed", "session"], ascending=[False, True])
    signed = [bool(x) for x in table["signed"]]
    chosen = [
        of.say(_decision(x, bool(agreed)))
        for x, agreed in zip(signed, table["agreed"], strict=True)
    ]
    outcomes = ("gmv_p10", "gmv_p50", "gmv_p90", "gmv_mean")
    promise = ("promised_roi", "fee_back") if table["promised_roi"].notna().any() else ()
    columns = [
        of.column("deal", table["label"], width=34),
        Column(of.say("decision"), chosen, width=12),
        of.column("sign", table["sign"], width=11),
        of.column("session", table["session"], width=11),
        of.column("fee", table["fee"], of.label("column", "slot_fee")),
        *(of.column(key, table[key]) for key in ("commission_rate", "discount", "acceptance")),
        *(of.column(key, table[key]) for key in promise),
        *(of.column(key, table[key]) for key in outcomes),
    ]
    sheet = of.sheet("deals", of.say("deals", outcome=of.plan.instance.kol.cash_outcome))
    box = of.table(sheet, columns, freeze=1)
    of.book.mark_rows(sheet, box, signed)
    drawn = {
        len(columns) - 4 + n: (of.label("column", key), CYCLE[colour])
        for n, (key, colour) in enumerate(zip(outcomes[:3], (5, 0, 2), strict=True))
    }
    of.chart(sheet, box, drawn, of.say("kol_gmv"), size=(960, 340))
