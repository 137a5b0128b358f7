"""The figures of the four levers that limit plans."""

import itertools
from collections.abc import Iterator

from allocator.conflicts.record import Change
from allocator.conflicts.rules import Row, Rule, Values, means
from allocator.conflicts.sentences import FIGURES, told
from fact_models.spec.instance import Instance


def levers(instance: Instance) -> Iterator[Rule]:
    """Figures of Field, Alliance, Campaign and Top-KOL that can give way."""
    yield from _field(instance)
    yield from _alliance(instance)
    yield from _campaigns(instance)
    yield from _sessions(instance)


def _field(instance: Instance) -> Iterator[Rule]:
    spec, times = instance.field, range(instance.calendar.periods)
    if spec is None:
        return
    if spec.accounts_max is not None:
        rows = tuple(Row(f"field.account_limit[{t}]") for t in times)
        most = float(len(spec.accounts))
        yield Rule(
            ("field", "accounts_max"), FIGURES["accounts_max"], spec.accounts_max, 1, 1.0, most,
            "limit", rows, whole=True,
        )  # fmt: skip
    for i, boost in spec.boosts.items():
        columns = tuple(f"field.boost_spend[{i},{t}]" for t in times)
        words = told(FIGURES["boost"], boost=i)
        yield means(("field", "boosts", i, "spend_max"), words, boost.spend_max, 1.0, columns)
    if spec.content:
        columns = tuple(f"field.content_bought[{t}]" for t in times)
        size = max(spec.content.made_max, spec.content.stock, 1.0)
        yield means(
            ("field", "content", "bought_max"),
            FIGURES["bought_max"],
            spec.content.bought_max,
            size,
            columns,
        )
        columns = tuple(f"field.content_made[{t}]" for t in times)
        yield means(
            ("field", "content", "made_max"),
            FIGURES["made_max"],
            spec.content.made_max,
            size,
            columns,
        )


def _alliance(instance: Instance) -> Iterator[Rule]:
    spec, times = instance.alliance, range(instance.calendar.periods)
    for c, tier in spec.tiers.items() if spec else ():
        path = ("alliance", "tiers", c)
        columns = tuple(f"alliance.samples[{c},{o},{t}]" for o in tier.offers for t in times)
        words = told(FIGURES["samples"], tier=c)
        size = max(tier.samples_max, tier.pool, 1.0)
        yield means((*path, "samples_max"), words, tier.samples_max, size, columns)
        for o, offer in tier.offers.items():
            columns = tuple(f"alliance.kept[{c},{o},{t}]" for t in times)
            words = told(FIGURES["supply"], tier=c, offer=o)
            yield means(
                (*path, "offers", o, "supply"), words, offer.supply, 1.0, columns, kind="partner"
            )


def _campaigns(instance: Instance) -> Iterator[Rule]:
    spec, calendar = instance.campaign, instance.calendar
    if spec is None:
        return
    for e, campaign in spec.campaigns.items():
        for p, package in campaign.packages.items():
            for g, floor in package.stock_floor.items():
                path = ("campaign", "campaigns", e, "packages", p, "stock_floor", g)
                words = told(FIGURES["campaign_stock"], line=g, campaign=e)
                row = Row(f"goods.stock_for_campaign[{g},{e},{p}]")
                yield Rule(path, words, floor, -1, max(floor, 1.0), floor, "partner", (row,))
    windows = {
        e: (
            calendar.period_of(calendar.days_of(x.first, x.last)[0].isoformat()),
            calendar.period_of(calendar.days_of(x.first, x.last)[1].isoformat()),
        )
        for e, x in spec.campaigns.items()
    }
    names = sorted(windows, key=lambda e: windows[e])
    for n, e in enumerate(names):
        for other in names[n + 1 :]:
            stated = [(a, b) for a, b in ((e, other), (other, e))
                      if b in spec.campaigns[a].conflicts]  # fmt: skip
            gap = windows[other][0] - windows[e][1]
            near = spec.separation > 0 and gap <= spec.separation
            if stated or near:
                yield _apart(instance, e, other, stated, gap if near else None)


def _apart(
    instance: Instance, e: str, other: str, stated: list[tuple[str, str]], gap: int | None
) -> Rule:
    """Two campaigns of which one can be joined, by their lists or by the separation."""
    spec = instance.campaign
    assert spec is not None

    def edit(_: float, values: Values) -> list[Change]:
        changes = []
        for a, b in stated:
            old = spec.campaigns[a].conflicts
            path = ("campaign", "campaigns", a, "conflicts")
            changes.append(Change(path, list(old), [x for x in old if x != b]))
        if gap is not None:
            new = max(gap - 1, 0)
            changes.append(Change(("campaign", "separation"), spec.separation, new))
        return changes

    path = ("campaign", "campaigns", stated[0][0], "conflicts") if stated else (
        "campaign", "separation")  # fmt: skip
    words = told(FIGURES["campaigns_apart"], one=e, other=other)
    rows = tuple(Row(f"campaign.conflict[{x},{y}]") for x, y in ((e, other), (other, e)))
    return Rule(path, words, 1.0, 1, 1.0, 1.0, "partner", rows, whole=True, edit=edit)


def _sessions(instance: Instance) -> Iterator[Rule]:
    spec, times = instance.kol, range(instance.calendar.periods)
    if spec is None:
        return
    for k, deal in spec.deals.items():
        for g, floor in deal.stock_floor.items():
            rows = tuple(Row(f"goods.stock_for_deal[{g},{k},{t}]") for t in times)
            path = ("kol", "deals", k, "stock_floor", g)
            words = told(FIGURES["deal_stock"], line=g, deal=k)
            yield Rule(path, words, floor, -1, max(floor, 1.0), floor, "partner", rows)
    if spec.spacing > 0:
        rows = tuple(Row(f"kol.spacing[{t}]") for t in times)
        campaigns = instance.campaign.campaigns if instance.campaign else {}
        packages = [(e, n) for e, campaign in campaigns.items() for n in campaign.packages]
        # Prices before a window are told with the spacing, (CA.26).
        rows += tuple(
            Row(f"campaign.lowest_price_spaced[{e},{n},{t}]") for e, n in packages for t in times
        )
        words = FIGURES["spacing"]

        def edit(_: float, values: Values) -> list[Change]:
            held = sorted(t for k in spec.deals for t in times
                          if values.get(f"kol.deal[{k},{t}]", 0.0) > 0.5)  # fmt: skip
            least = min((b - a for a, b in itertools.pairwise(held)), default=0)
            return [Change(("kol", "spacing"), spec.spacing, min(least, spec.spacing))]

        most = float(len(spec.deals))
        yield Rule(
            ("kol", "spacing"), words, float(spec.spacing), -1, 1.0, most, "partner", rows,
            whole=True, edit=edit,
        )  # fmt: skip
    pairs = {(min(k, o), max(k, o)) for k, deal in spec.deals.items() for o in deal.exclusive_with}
    for k, other in sorted(pairs):
        yield _exclusive(instance, k, other)


def _exclusive(instance: Instance, k: str, other: str) -> Rule:
    spec = instance.kol
    assert spec is not None
    stated = [(a, b) for a, b in ((k, other), (other, k)) if b in spec.deals[a].exclusive_with]

    def edit(_: float, values: Values) -> list[Change]:
        found = []
        for a, b in stated:
            old = spec.deals[a].exclusive_with
            path = ("kol", "deals", a, "exclusive_with")
            found.append(Change(path, list(old), [x for x in old if x != b]))
        return found

    path = ("kol", "deals", stated[0][0], "exclusive_with")
    words = told(FIGURES["deals_apart"], one=k, other=other)
    rows = (Row(f"kol.exclusivity[{k},{other}]"),)
    return Rule(path, words, 1.0, 1, 1.0, 1.0, "partner", rows, whole=True, edit=edit)
