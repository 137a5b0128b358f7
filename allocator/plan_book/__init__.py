"""The plan as an Excel workbook: what a team works with through the season.

Every figure comes from the plan's own tables or the replay behind them, and no cell is a formula
except the days left to a sign-up.
"""

from allocator.book import Book
from allocator.labels import Lang
from allocator.plan import Plan
from allocator.plan_book import levers, market, money, origins, returns, signups, summary, team
from allocator.plan_book.reasons import reasons
from allocator.plan_book.words import say
from allocator.plan_book.writer import Writer
from allocator.reasons.explanation import Explanation

FILE_NAME = "plan.xlsx"
SHEETS = (
    summary.overview,
    money.months,
    money.weeks,
    team.live,
    team.roles,
    levers.creators,
    signups.campaigns,
    levers.deals,
    returns.returns,
    origins.origins,
    money.cash,
    market.assets,
    market.goods,
    summary.limits,
    summary.notes,
    summary.pictures,
)
"""Writers of the sheets in their order; one that has nothing to say writes none. The pictures of
the first sheet are drawn from the others, so they come last.
"""


def plan_workbook(plan: Plan, lang: Lang, found: Explanation | None = None) -> bytes:
    """The workbook of a plan, with the sheets of its explanation if there is one.

    Raises:
        ValueError: there is no plan.
    """
    if plan.replay is None:
        raise ValueError(f"{plan.name} has no plan ({plan.status}), so it has no workbook")
    writer = Writer(Book(lang, f"{plan.name}: {say('title', lang)}"), plan, lang)
    for sheet in SHEETS:
        sheet(writer)
    if found is not None:
        reasons(writer, found)
    return writer.book.finish()
