"""All figures of an instance as arrays, computed once and used by every replay of it."""

from dataclasses import dataclass

from fact_models.decisions import Ids, ids_of
from fact_models.replay.alliance import AllianceFacts, alliance_facts
from fact_models.replay.campaign import CampaignFacts, campaign_facts
from fact_models.replay.field import FieldFacts, field_facts
from fact_models.replay.goods import GoodsFacts, goods_facts
from fact_models.replay.kol import KolFacts, kol_facts
from fact_models.replay.season import SeasonFacts, season_facts
from fact_models.replay.snowball import SnowballFacts, snowball_facts
from fact_models.replay.staff import StaffFacts, staff_facts
from fact_models.spec.instance import Instance
from fact_models.terminal import Terminal, terminal_values


@dataclass(frozen=True)
class Facts:
    """An instance as arrays; its parts are named after the mechanisms."""

    instance: Instance
    ids: Ids
    season: SeasonFacts
    field: FieldFacts
    alliance: AllianceFacts
    campaign: CampaignFacts
    kol: KolFacts
    snowball: SnowballFacts
    goods: GoodsFacts
    staff: StaffFacts
    terminal: Terminal


def facts(instance: Instance, like: Facts | None = None) -> Facts:
    """The arrays of ``instance``.

    Args:
        instance: what to turn into arrays.
        like: arrays of an instance with the same names and the same calendar; what is derived
            from equal records is taken from there.
    """
    ids = ids_of(instance) if like is None else like.ids
    old = None if like is None else like.instance

    def same(*records: str) -> bool:
        return old is not None and all(getattr(instance, r) == getattr(old, r) for r in records)

    market, goods = same("season"), same("goods")
    return Facts(
        instance=instance,
        ids=ids,
        season=like.season if like and market else season_facts(instance, ids),
        field=field_facts(instance, ids),
        alliance=alliance_facts(instance, ids),
        campaign=(
            like.campaign
            if like and same("campaign", "merchant") and _dip(instance) == _dip(like.instance)
            else campaign_facts(instance, ids)
        ),
        kol=like.kol if like and goods and same("kol") else kol_facts(instance, ids),
        snowball=snowball_facts(instance, ids),
        goods=like.goods if like and goods else goods_facts(instance, ids),
        staff=like.staff if like and same("staff") else staff_facts(instance, ids),
        terminal=terminal_values(instance),
    )


def _dip(instance: Instance) -> float:
    """Share of a dip that the interest pool explains."""
    interest = instance.snowball.interest
    return interest.dip_share if interest else 0.0
