"""Plans a Douyin merchant's live rooms, creators, campaigns and Top-KOL deals, with a certificate.

    import allocator

    instance = allocator.load("merchant.yaml")
    plan = allocator.solve(instance, gap=0.01, time_limit=120)
    print(plan.status, plan.gap)
    plan.months

Nothing is imported before it is used, and nothing is printed.
"""

import importlib
import sys
from types import ModuleType
from typing import TYPE_CHECKING, Any

from allocator.lean import lighten

if TYPE_CHECKING:
    from allocator.allocate import allocate as allocate
    from allocator.allocation import Allocation as Allocation
    from allocator.alternatives.making import alternatives as alternatives
    from allocator.alternatives.record import Alternatives as Alternatives
    from allocator.baselines.making import baselines as baselines
    from allocator.baselines.record import Baselines as Baselines
    from allocator.choices.making import choices as choices
    from allocator.choices.record import Choices as Choices
    from allocator.compare import Comparison as Comparison
    from allocator.compare import comparison as compare
    from allocator.curve_exports import read_curves as read_curves
    from allocator.frontier import frontier as frontier
    from allocator.frontiers.points import Frontier as Frontier
    from allocator.load import load as load
    from allocator.plan import Plan as Plan
    from allocator.reasons.explanation import Explanation as Explanation
    from allocator.reasons.explanation import explain as explain
    from allocator.reoptimizing.reoptimizer import Reoptimizer as Reoptimizer
    from allocator.sensitivity.making import sensitivity as sensitivity
    from allocator.sensitivity.record import Sensitivity as Sensitivity
    from allocator.solve import solve as solve
    from fact_models.replay import replay as simulate
    from fact_models.spec.instance import Instance as Instance
    from fact_models.verify import verify as verify

    __version__: str

__all__ = [
    "Allocation",
    "Alternatives",
    "Baselines",
    "Choices",
    "Comparison",
    "Explanation",
    "Frontier",
    "Instance",
    "Plan",
    "Reoptimizer",
    "Sensitivity",
    "__version__",
    "allocate",
    "alternatives",
    "baselines",
    "choices",
    "compare",
    "explain",
    "frontier",
    "load",
    "read_curves",
    "sensitivity",
    "simulate",
    "solve",
    "verify",
]

_WHERE = {
    "alternatives": ("allocator.alternatives.making", "alternatives"),
    "baselines": ("allocator.baselines.making", "baselines"),
    "choices": ("allocator.choices.making", "choices"),
    "sensitivity": ("allocator.sensitivity.making", "sensitivity"),
    "Alternatives": ("allocator.alternatives.record", "Alternatives"),
    "Baselines": ("allocator.baselines.record", "Baselines"),
    "Choices": ("allocator.choices.record", "Choices"),
    "Sensitivity": ("allocator.sensitivity.record", "Sensitivity"),
    "Comparison": ("allocator.compare", "Comparison"),
    "Explanation": ("allocator.reasons.explanation", "Explanation"),
    "explain": ("allocator.reasons.explanation", "explain"),
    "Frontier": ("allocator.frontiers.points", "Frontier"),
    "Allocation": ("allocator.allocation", "Allocation"),
    "allocate": ("allocator.allocate", "allocate"),
    "Instance": ("fact_models.spec.instance", "Instance"),
    "Plan": ("allocator.plan", "Plan"),
    "Reoptimizer": ("allocator.reoptimizing.reoptimizer", "Reoptimizer"),
    "compare": ("allocator.compare", "comparison"),
    "frontier": ("allocator.frontier", "frontier"),
    "load": ("allocator.load", "load"),
    "read_curves": ("allocator.curve_exports", "read_curves"),
    "simulate": ("fact_models.replay", "replay"),
    "solve": ("allocator.solve", "solve"),
    "verify": ("fact_models.verify", "verify"),
}


lighten()


def __getattr__(name: str) -> Any:
    if name == "__version__":
        from allocator.version import installed_version

        found: Any = installed_version()
    elif name in _WHERE:
        module, attribute = _WHERE[name]
        found = getattr(importlib.import_module(module), attribute)
    else:
        raise AttributeError(f"module 'allocator' has no attribute {name!r}")
    globals()[name] = found
    return found


def __dir__() -> list[str]:
    return __all__


class _Package(ModuleType):
    """A package in which ``solve``, ``load``, ``compare`` and ``baselines`` stay functions.

    Importing the submodule or subpackage of that name would otherwise put it in the function's
    place.
    """

    def __setattr__(self, name: str, value: Any) -> None:
        module, attribute = _WHERE.get(name, ("", ""))
        if isinstance(value, ModuleType) and value.__name__ == module:
            value = getattr(value, attribute)
        elif isinstance(value, ModuleType) and module.startswith(f"{value.__name__}."):
            # The function lives deeper in a subpackage that is just being imported.
            return
        super().__setattr__(name, value)


sys.modules[__name__].__class__ = _Package
