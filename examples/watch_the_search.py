"""Can I watch the search and stop when the plan is good enough?"""

# %%
import threading
from pathlib import Path

import allocator
from allocator.solve import Progress

here = Path(__file__).parent
instance = allocator.load(here / "tea_house.yaml")

# %% The callback gets phase, best verified plan, bound and gap; the event ends the search.
stop = threading.Event()
seen: list[Progress] = []


def watch(state: Progress) -> None:
    """Print what changed, and stop at 3 %."""
    if not seen or (state.phase, state.incumbent) != (seen[-1].phase, seen[-1].incumbent):
        print(f"{state.phase:<9} plan {state.incumbent:>12,.0f}  bound {state.bound:>12,.0f}")
    seen.append(state)
    if state.gap <= 0.03:
        stop.set()


plan = allocator.solve(instance, gap=0.0, time_limit=30, progress=watch, stop=stop)
print(f"{plan.status}, gap {plan.gap:.2%}")

# %% The same course is kept in the plan and its file.
first = next(point for point in plan.trace if point[2] is not None)
print(f"first verified plan after {first[0]:.1f} s, {len(plan.trace)} steps in all")
