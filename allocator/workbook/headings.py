"""Names and explanations of sheets, columns and settings for a reader of either language.

English ones are made from the records, Chinese ones stand in ``chinese``.
"""

from typing import Any

from allocator.labels import Label, Lang, unit_words
from allocator.workbook import chinese
from allocator.workbook.layout import ITEM, KEY, Leaf, Table
from fact_models.quantity import LARGEST

SENTENCES = {
    "guide": Label("How to use this workbook", "使用说明"),
    "how": Label(
        "Every sheet holds one kind of thing; every row one of them. The values here are an"
        " example that can be planned as it is: write your own over them.\n"
        "Blue cells are yours. Headings are protected without a password.\n"
        "An empty cell means the default that stands in the heading; a field without a default"
        " must be given.\n"
        "Names of things (grey columns on the left) are Latin letters, digits and underscores;"
        " the label can be anything.\n"
        "Numbers are plain: a share of 10 % is 0.1. Times are a period number (1 is the first), a"
        " date (2026-02-12) or an ISO week (2026-W07).\n"
        "Lists stand in one cell, parted by semicolons.\n"
        "To add a segment, a role or a product line, give it a row in its own sheet; where another"
        " sheet has a column for each of them, insert a column beside and write its key, such as"
        " traffic.NAME, in row 4.\n"
        "A lever is switched off with “no” in the settings; its sheets may stay filled.\n"
        "Sheets of your own are welcome if their name begins with #.\n"
        "Check the file with: allocator check FILE.xlsx. Plan it with: allocator solve FILE.xlsx",
        "每张表记录一类对象，每行一个。现有数值是可直接求解的示例：请覆盖为您自己的数据。\n"
        "蓝色单元格供填写；表头受保护，但没有密码。\n"
        "留空表示采用表头所示默认值；没有默认值的字段必须填写。\n"
        "左侧灰色列为代号，只用拉丁字母、数字与下划线；显示名称可任意填写。\n"
        "数字请写普通数值：10% 写作 0.1。时间可写周期序号（1 为第一个）、日期（2026-02-12）或"
        " ISO 周（2026-W07）。\n"
        "列表写在一个单元格内，以分号分隔。\n"
        "新增人群、岗位或货盘时，先在其表中加一行；其他表中按其分列的，请在旁边插入一列，"
        "并在第 4 行写上键，如 traffic.代号。\n"
        "在“基本设置”中选“否”即可停用一个阵地，其表格可以保留。\n"
        "您自己的工作表，名称以 # 开头即可。\n"
        "检查文件：allocator check 文件.xlsx；求解：allocator solve 文件.xlsx",
    ),
    "sheets": Label("Sheets", "各表"),
    "field": Label("Field", "字段"),
    "key": Label("Key", "键"),
    "value": Label("Value", "值"),
    "unit": Label("Unit", "单位"),
    "range": Label("Range", "范围"),
    "default": Label("Default", "默认"),
    "meaning": Label("Meaning", "说明"),
    "required": Label("required", "必填"),
    "optional": Label("can be empty", "可留空"),
    "else": Label("empty: {value}", "留空即 {value}"),
    "general": Label("General", "总体"),
    "refused": Label("This value does not fit the field.", "该值不符合字段要求。"),
    "entries": Label("list, parted by ;", "列表，以分号分隔"),
}
"""What the sheets say besides the fields."""

OWN = {
    "lines": "product lines",
    "slots": "account slots",
    "overlap": "overlap of rooms",
    "tiers": "creator tiers",
    "deals": "KOL deals",
    "levers": "lever budgets",
    "locked": "locked budget",
    "spend": "current spend",
    "joins": "current campaigns",
    "signs": "current deals",
}
"""English names of sheets that their tables' fields alone would not tell."""


def say(key: str, lang: Lang, **values: Any) -> str:
    """A sentence in a language, with ``values`` put in."""
    return SENTENCES[key].say(lang, **values)


def _spaced(name: str) -> str:
    """``hours_max`` as ``hours max``."""
    return name.strip("()").replace("_", " ")


def sheet_name(table: Table, lang: Lang) -> str:
    """Name of the sheet of a table: ``Accounts``."""
    if lang == "zh":
        return chinese.TABLES[table.marker]
    steps = [step for step in table.path if step not in (KEY, ITEM)]
    name = OWN.get(steps[-1], _spaced(steps[-1])) if steps else "settings"
    return name[:1].upper() + name[1:]


def about(table: Table, lang: Lang) -> str:
    """What a row of a table is."""
    if lang == "zh":
        return chinese.ABOUT[table.marker]
    if not table.path:
        return "What there is once: calendar, levers in use, budget, cash, goal."
    if table.names:
        return "Distinct visits of a segment from the summed visits of all rooms."
    return " ".join((table.record.__doc__ or "").split("\n\n")[0].split())


def owner_name(owner: str, lang: Lang) -> str:
    """Name of a column of names: ``accounts`` for ``(accounts)``."""
    return chinese.ENTITIES[owner] if lang == "zh" else _spaced(owner).capitalize()


def group_name(step: str, lang: Lang) -> str:
    """Name of a record within a record: ``reception``."""
    return chinese.GROUPS[step] if lang == "zh" else _spaced(step)


def field_name(leaf: Leaf, lang: Lang, key: str = "", *, grouped: bool = True) -> str:
    """Name of a field, after those of the records around it and before the key of a map."""
    steps = [step for step in leaf.path if step not in (KEY, ITEM)]
    groups = [group_name(step, lang) for step in steps[:-1]] if grouped else []
    own = chinese.FIELDS[leaf.field].split("|")[0] if lang == "zh" else _spaced(steps[-1])
    if lang == "en" and leaf.kind == "switch":
        own = f"{own} in use"
    parts = [*groups, own, *([key] if key else [])]
    colon = "：" if lang == "zh" else ": "
    said = colon.join(parts)
    return said[:1].upper() + said[1:]


def meaning(leaf: Leaf, lang: Lang) -> str:
    """Explanation of a field."""
    if lang == "en":
        return leaf.help or "Kind of the curve."
    name, _, more = chinese.FIELDS[leaf.field].partition("|")
    return more or name


def unit(leaf: Leaf, lang: Lang, currency: str) -> str:
    """Unit of a field in words."""
    return unit_words(leaf.unit, lang, currency) if leaf.unit not in ("", "1") else ""


def bounds(leaf: Leaf, lang: Lang) -> str:
    """What a field admits in words."""
    said = []
    if leaf.kind == "list":
        said.append(say("entries", lang))
    if leaf.choices:
        said.append(" / ".join(leaf.choices))
    if leaf.least is not None and leaf.least > -LARGEST:
        tiny = 0 < leaf.least <= 1 / LARGEST
        sign = ">" if leaf.open_least or tiny else "≥"
        said.append(f"{sign} {_figure(0.0 if tiny else leaf.least)}")
    if leaf.most is not None and leaf.most < LARGEST:
        said.append(f"≤ {_figure(leaf.most)}")
    return ", ".join(said)


def _figure(value: float) -> str:
    return f"{value:,.0f}" if abs(value) >= 1e4 else f"{value:g}"


def default(leaf: Leaf, lang: Lang) -> str:
    """What an empty cell means: the default, or that the field is required."""
    if leaf.kind == "switch" or (leaf.required and leaf.is_map):
        return ""
    if leaf.required:
        return say("required", lang)
    value = leaf.default
    if isinstance(value, bool):
        return flag(value, lang)
    if value is None or value in ({}, [], ""):
        return say("optional", lang)
    if isinstance(value, list):
        return "; ".join(f"{x:g}" for x in value)
    return f"{value:g}" if isinstance(value, int | float) else str(value)


def flag(value: bool, lang: Lang) -> str:
    """``yes`` or ``no``."""
    return ("是" if value else "否") if lang == "zh" else ("yes" if value else "no")
