"""How do tables and charts get into my slides?"""

# %%
import sys
from pathlib import Path

import allocator

here = Path(__file__).parent
folder = Path(sys.argv[1]) if len(sys.argv) > 1 else Path("slides")
folder.mkdir(exist_ok=True)
instance = allocator.load(here / "tea_house.yaml")
plan = allocator.solve(instance, gap=0.02, time_limit=20)

# %% Tables are pandas frames that carry their units.
months = plan.months
print(months[["month", "gmv", "net_gmv", "spend", "contribution"]].round(0))
print(f"spend is in {months.attrs['units']['spend']}")

# %% Charts are figures of Plotly: restyle them, or write them as they are.
chart = plan.figures("zh")["gmv"]
chart.update_layout(title="GMV来源")
chart.write_html(folder / "gmv.html", include_plotlyjs=True)

# %% A comparison as a page and as a workbook, in Chinese.
cautious = allocator.Instance.model_validate(
    instance.model_dump() | {"name": "cautious", "kol": None, "campaign": None}
)
found = allocator.compare([plan, allocator.solve(cautious, gap=0.02, time_limit=20)])
(folder / "compare.html").write_text(found.to_html("zh"), encoding="utf-8")
(folder / "compare.xlsx").write_bytes(found.to_xlsx("zh"))
print(sorted(path.name for path in folder.iterdir()))
