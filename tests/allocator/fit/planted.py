"""Small merchants for the tests of learning: what is believed, and histories as files."""

from pathlib import Path

from allocator.fit.history import History
from allocator.fit.reader import read_history
from allocator.writing import csv_text
from benchmarks.fit_export import table_of
from benchmarks.fit_worlds import World, world
from fact_models.overriding import changed
from fact_models.replay import facts
from fact_models.spec.calendar import as_date
from fact_models.spec.instance import Instance
from fact_models.spec.scenario import Change
from tests.models.worlds import merged, tiny_tree

SEGMENT = {
    "label": "年轻",
    "pool": 4e5,
    "followers": 9000.0,
    "conversion": 0.03,
    "persistence": 0.6,
    "traffic_per_order": 6.0,
    "traffic_per_follower": 0.1,
    "contact_per_visit": 0.02,
    "unfollow": 0.02,
    "return_rate": 0.05,
}


def believed(**segment: float) -> Instance:
    """One room, one segment, a boost and a tier; the plan starts in 2026-W02."""
    field = {
        "accounts": {
            "main": {
                "label": "一号",
                "traffic": {"young": 8000.0},
                "saturation": {"young": 60000.0},
                "hours_max": 60.0,
                "current_hours": 30.0,
                "reception": {"kind": "linear", "rate": 1100.0},
            }
        },
        "boosts": {
            "feed": {
                "label": "千川",
                "curve": {"kind": "hill", "scale": 12000.0, "half": 9000.0, "slope": 1.0},
                "spend_max": 30000.0,
                "mix": {"young": 1.0},
                "current_spend": 6000.0,
            }
        },
    }
    alliance = {
        "tiers": {
            "tail": {
                "label": "尾部",
                "pool": 30.0,
                "visits": {"kind": "hill", "scale": 30000.0, "half": 60.0, "slope": 1.0},
                "mix": {"young": 1.0},
                "conversion": {"young": 0.01},
                "offers": {
                    "plain": {
                        "commission": 0.2,
                        "churn": 0.05,
                        "supply": 90.0,
                        "activation": 0.1,
                    }
                },
                "current_offer": "plain",
                "current_samples": 10.0,
                "samples_max": 40.0,
                "sample_cost": 20.0,
            }
        }
    }
    campaign = {
        "campaigns": {
            "june": {
                "first": "2026-06-01",
                "last": "2026-06-18",
                "packages": {"full": {"uplift": 1.5}},
            }
        }
    }
    tree = tiny_tree(
        calendar={"periods": 26},
        snowball={"segments": {"young": {**SEGMENT, **segment}}},
        field=field,
    )
    return Instance.model_validate(merged(tree, {"alliance": alliance, "campaign": campaign}))


def planted(instance: Instance, weeks: int, noise: float, seed: int) -> World:
    """A merchant of ``instance`` whose history ends where the plan starts."""
    return world(facts(instance), weeks, noise, seed, as_date(instance.calendar.start))


def written(folder: Path, found: World, lang: str = "en") -> Path:
    """The fitted weeks as a CSV file."""
    path = folder / "history.csv"
    history = found.history.part(found.weeks.history.weeks)
    path.write_text(csv_text(table_of(history, found.weeks.known, lang)), encoding="utf-8")
    return path


def reread(path: Path, found: World) -> History:
    """The history of the file."""
    return read_history(path, found.weeks.known.instance)


def least_squares(history: History) -> float:
    """Growth of visits by plain least squares of each week's on the one before."""
    visits = history.rows["recommended_visits"].sum(axis=(1, 2))
    before, after = visits[:-1] - visits[:-1].mean(), visits[1:] - visits[1:].mean()
    return float(before @ after / (before @ before))


def laid(instance: Instance, row: dict[str, float]) -> Instance:
    """The instance with the numbers of a draw, read with every rule of the file."""
    return changed(instance, [Change(at=path, value=x) for path, x in row.items()])
