"""The sheet on where the GMV came from: every lever and source, at first touch and through the
snowball.
"""

from allocator.book import Column
from allocator.plan_book.writer import Writer
from allocator.reasons.attribution import LEVERS, Part, attribution
from allocator.reasons.labels import heading
from allocator.reasons.words import lever_name, source_name


def origins(of: Writer) -> None:
    """GMV by lever and source; the sources of a lever sum to it, all of them to the GMV."""
    found = attribution(of.plan)
    rows: list[tuple[str, str, Part, float | None]] = []
    for lever in LEVERS:
        name = lever_name(lever, of.lang)
        mine = [one for one in found.details if one.source.lever == lever]
        rows += [(name, source_name(one, of.lang), one.part, one.spend) for one in mine]
    organic = lever_name("organic", of.lang)
    rows.append((organic, "", found.levers["organic"], None))
    parts = [row[2] for row in rows]
    columns = [
        of.column("lever", [row[0] for row in rows], width=22),
        of.column("source", [row[1] for row in rows], width=34),
        of.money(heading("first_touch", of.lang), [part.first_touch for part in parts]),
        of.money(heading("snowball", of.lang), [part.snowball for part in parts]),
        of.money(heading("total", of.lang), [part.total for part in parts]),
        Column(
            heading("share", of.lang),
            [part.total / found.gmv if found.gmv else None for part in parts],
            "share",
            width=12,
        ),
        of.money(heading("paid", of.lang), [row[3] for row in rows], total=False),
    ]
    of.table(of.sheet("origins", of.say("origins")), columns, total=True, freeze=2)
