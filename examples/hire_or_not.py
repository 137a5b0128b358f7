"""Is another host worth the wage?"""

# %%
from pathlib import Path

import allocator

here = Path(__file__).parent
instance = allocator.load(here / "tea_house.yaml")

# %% Every number of hires that the file allows, from none on.
found = allocator.frontier(instance, "staff", points=5, gap=0.02, time_limit=20)
for line in found.words():
    print(line)

# %% When the plan hires, and how full the team then is.
best = found.points[-1].plan
heads = best.heads
print(heads.loc[heads["hires"] > 0, ["week", "role", "hires"]].to_string(index=False))
load = heads["need"].sum() / heads["available"].sum()
print(f"the team is busy for {load:.0%} of its hours")

# %% No hire against the best, figure by figure.
side_by_side = allocator.compare([found.points[0].plan, best])
change = side_by_side.differences.iloc[1]
print(f"contribution {change['contribution']:+,.0f}, followers {change['followers_gained']:+,.0f}")
