"""What does a yuan of contribution cost in GMV?"""

# %%
from pathlib import Path

import allocator

here = Path(__file__).parent
tree = allocator.load(here / "tea_house.yaml").model_dump()
tree["objective"] |= {"goal": "gmv", "terminal": False}
# A tea so dear to buy that the last visits from ads lose money.
tree["goods"]["lines"]["tea"]["unit_cost"] = 50.0
instance = allocator.Instance.model_validate(tree)

# %% From the plan with the most GMV to the plan with the most contribution.
found = allocator.frontier(instance, "profit-floor", points=4, gap=0.03, time_limit=20)
for line in found.words():
    print(line)

# %% GMV given up for each yuan of contribution, step by step.
print(found.table[["at", "gmv", "contribution", "rate"]].round(1))
