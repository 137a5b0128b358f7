"""How much budget is enough, and what does the next yuan bring?"""

# %%
from pathlib import Path

import allocator

here = Path(__file__).parent
instance = allocator.load(here / "tea_house.yaml")

# %% Seven budgets around the file's own; points that others certify are not solved.
found = allocator.frontier(instance, "budget", points=7, gap=0.02, time_limit=20)
for line in found.words():
    print(line)

# %% The curve as numbers: what a yuan brought since the point before, and what it can be.
print(found.table[["at", "objective", "bound", "rate", "rate_low", "rate_high"]].round(2))

# %% The curve as a figure of Plotly, with the band in which the best plan is proved to lie.
figure = found.figure()
print(f"{len(figure.data)} traces; figure.show() opens it")

# %% Where the next yuan stops paying, for other programs.
stop = found.stop
assert stop is not None
print(f"budget {stop.at:,.0f}, between {stop.first:,.0f} and {stop.last:,.0f}")
