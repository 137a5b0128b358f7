"""Rules of Goods (GO)."""

import numpy as np

from fact_models.replay.course import Course
from fact_models.replay.rules.check import Check
from fact_models.replay.rules.scales import Scales


def rules(w: Course, s: Scales, check: Check) -> None:
    """(GO.1) to (GO.5) and the purchases."""
    g, d = w.known.goods, w.d
    most = g.purchase_max[:, None]
    limit = np.maximum(most, 1.0)
    check.atmost("GO", "purchase within its largest", "g t", d.purchase, most, limit)
    lot = g.lot[:, None]
    lots = np.divide(d.purchase, lot, out=np.zeros_like(d.purchase), where=lot > 0)
    whole = np.asarray(np.round(lots), dtype=np.float64)
    check.equal("GO", "whole lots", "g t", lots, whole, 1.0)
    if len(g.lines) > 1:
        _mix(w, s, check)
    if g.stocked:
        _stock(w, s, check)


def _mix(w: Course, s: Scales, check: Check) -> None:
    g, lines = w.known.goods, w.d.line_orders
    total = lines.sum(axis=1)
    ordered = w.channel_orders(slice(0, w.known.ids.periods))
    scale = float(s.orders.sum())
    check.equal("GO.1", "orders by line", "ch t", total, ordered, scale)
    least, most = (share[:, :, None] * total[:, None] for share in (g.share_min, g.share_max))
    check.atmost("GO.2", "smallest share of a line", "ch g t", least, lines, scale)
    check.atmost("GO.2", "largest share of a line", "ch g t", lines, most, scale)


def _stock(w: Course, s: Scales, check: Check) -> None:
    g, c, k, d = w.known.goods, w.known.campaign, w.known.kol, w.d
    periods = w.known.ids.periods
    kept = np.zeros(len(g.lines))
    kept[list(g.stocked)] = 1
    # What has no stock record has no limit to keep.
    stock = np.where(kept[:, None] > 0, w.stock[:, :periods], np.inf)
    out = kept[:, None] * w.items_out(slice(0, periods))
    items = s.items[:, None]
    check.atmost("GO.4", "stock", "g t", out, stock, items)
    opens = np.zeros((len(c.of), periods))
    for n, e in enumerate(c.of):
        # A window that opened before the horizon asks for nothing any more.
        if 0 <= c.windows[e].first < periods:
            opens[n, c.windows[e].first] = d.package[n]
    floor = (kept * c.stock_floor)[:, :, None] * opens[:, None, :]
    check.atmost("GO.5", "stock when a campaign opens", "ep g t", floor, stock, items)
    floor = (kept * k.stock_floor)[:, :, None] * d.deal[:, None, :]
    check.atmost("GO.5", "stock for a KOL session", "k g t", floor, stock, items)
