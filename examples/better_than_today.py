"""What is the plan worth against today's routine?"""

# %%
from pathlib import Path

import allocator
from fact_models.replay import status_quo

here = Path(__file__).parent
instance = allocator.load(here / "tea_house.yaml")

# %% Today's hours, boosts and offers, kept for all weeks; the replay says what they bring.
routine = allocator.simulate(instance, status_quo(instance), accept="greedy")
plan = allocator.solve(instance, gap=0.02, time_limit=20)
today = allocator.Plan.of(instance, "feasible_limit", routine.decisions, plan.bound)

# %% Both hold the same bound: no plan of this shop is worth more.
found = allocator.compare([today, plan])
changes = found.differences.iloc[1]
for key in ("gmv", "contribution", "spend", "followers_gained", "objective"):
    print(f"{key:<17} {found.table[key].iloc[1]:>10,.0f}  ({changes[key]:+,.0f})")

# %% The rules that today's routine breaks, if any.
check = allocator.verify(instance, routine.decisions)
print("today's routine keeps every rule" if check.ok else f"it breaks {check.violations[0]}")
