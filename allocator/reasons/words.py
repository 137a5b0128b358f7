"""What an explanation says in sentences."""

from allocator.labels import Lang, label
from allocator.reasons.attribution import LEVERS, Attribution, Detail
from allocator.reasons.labels import heading, sentence
from allocator.scales import share


def lever_name(lever: str, lang: Lang) -> str:
    """A lever, or the audience of day one."""
    return heading("organic", lang) if lever == "organic" else label("lever", lever, lang)


def source_name(detail: Detail, lang: Lang) -> str:
    """A source within a lever, such as ``boost feed``."""
    return heading(detail.source.kind, lang, name=detail.label)


def origin_words(found: Attribution, lang: Lang) -> list[str]:
    """How much is organic, how much came through the snowball."""
    if found.gmv <= 0:
        return []
    rolled = sum(part.snowball for part in found.levers.values())
    organic = found.levers["organic"].total
    return [
        sentence(
            "organic",
            lang,
            share=share(organic / found.gmv, lang),
            snowball=share(rolled / found.gmv, lang),
        )
    ]


def answer_words(found: Attribution, lang: Lang, *, banned: bool = False) -> list[str]:
    """What each measure of a lever's worth answers, and that they differ."""
    keys = ["traced", "shapley", "removed", *(["banned"] if banned else [])]
    said = [sentence(key, lang) for key in keys]
    most = max(LEVERS, key=lambda x: found.levers[x].total)
    worth = max(LEVERS, key=lambda x: found.shapley.values[x])
    key = "same" if most == worth else "differ"
    names = {"most": lever_name(most, lang), "worth": lever_name(worth, lang)}
    return [*said, sentence(key, lang, **names)]
