"""Up to which fee is a Top-KOL deal worth signing?"""

# %%
from pathlib import Path

import allocator

here = Path(__file__).parent
instance = allocator.load(here / "tea_house.yaml")


def with_fee(fee: float) -> allocator.Instance:
    """The shop with the deal at another fee, and a budget that pays for it."""
    tree = instance.model_dump()
    tree["name"] = f"fee-{fee:.0f}"
    tree["kol"]["deals"]["tea_master"]["fee"] = fee
    tree["money"]["budget"] = 90000.0
    return allocator.Instance.model_validate(tree)


# %% The deal at three fees: a plan signs it, or it does not.
plans = [allocator.solve(with_fee(fee), gap=0.01, time_limit=20) for fee in (5000, 20000, 35000)]
for plan in plans:
    signed = bool(plan.deals["signed"].any())
    print(f"{plan.name}: {'signed' if signed else 'not signed'}, objective {plan.objective:,.0f}")

# %% Side by side, against the dearest one; what is proved is said in words.
found = allocator.compare(plans, against=2)
print(found.table[["gmv", "contribution", "spend_kol", "gap"]].round(3))
for line in found.notes():
    print(line)
