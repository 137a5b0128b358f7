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


def facts(instance: Instance) -> Facts:
    """The arrays of ``instance``."""
    ids = ids_of(instance)
    return Facts(
        instance=instance,
        ids=ids,
        season=season_facts(instance, ids),
        field=field_facts(instance, ids),
        alliance=alliance_facts(instance, ids),
        campaign=campaign_facts(instance, ids),
        kol=kol_facts(instance, ids),
        snowball=snowball_facts(instance, ids),
        goods=goods_facts(instance, ids),
        staff=staff_facts(instance, ids),
        terminal=terminal_values(instance),
    )
