"""What every HTML file of the project is made of: one template around it, one copy of Plotly, one
script that draws the figures, one style.

A file opens offline. Texts reach it as text only: the template escapes them, figures take them as
plain words, and a policy in the file's head lets no script run but the file's own two and no
address be opened.
"""

import base64
import hashlib
import json
from collections.abc import Mapping
from importlib.resources import files
from typing import Any

import plotly.graph_objects as go
from jinja2 import ChoiceLoader, Environment, PackageLoader, StrictUndefined
from markupsafe import Markup
from plotly.offline import get_plotlyjs

from allocator.labels import Lang

FOLDER = "template"
"""Folder of a package that holds its templates; here also script and styles."""
LOCALES = {
    "zh-CN": {
        "dictionary": {
            "Download plot as a PNG": "下载PNG图片",
            "Download plot": "下载图片",
            "Reset axes": "还原坐标轴",
            "Zoom": "框选放大",
            "Pan": "平移",
            "Double-click to zoom back out": "双击还原",
            "Taking snapshot - this may take a few seconds": "正在生成图片，请稍候",
        },
        "format": {
            "days": ["周日", "周一", "周二", "周三", "周四", "周五", "周六"],
            "shortDays": ["周日", "周一", "周二", "周三", "周四", "周五", "周六"],
            "months": [f"{n}月" for n in range(1, 13)],
            "shortMonths": [f"{n}月" for n in range(1, 13)],
            "date": "%Y-%m-%d",
        },
    }
}
"""What Plotly's own buttons and dates say in Chinese."""


def render(
    package: str,
    template: str,
    lang: Lang,
    figures: Mapping[str, go.Figure],
    *,
    styles: tuple[str, ...] = (),
    **given: Any,
) -> str:
    """A page from a template of a package that extends ``base.html.j2``.

    Args:
        package: whose ``FOLDER`` holds the template.
        template: name of its file.
        lang: language of the reader.
        figures: by name; each is drawn into the element ``chart-NAME``.
        styles: files of styles beyond ``page.css``.
        given: what the template asks for.
    """
    # A page without figures needs no Plotly, which is most of a page's size.
    script, plotly = _own("page.js"), get_plotlyjs() if figures else ""
    environment = Environment(
        loader=ChoiceLoader([PackageLoader(name, FOLDER) for name in (package, __name__)]),
        autoescape=True,
        undefined=StrictUndefined,
        trim_blocks=False,
        keep_trailing_newline=True,
    )
    return environment.get_template(template).render(
        lang=lang,
        figures={
            "locale": "zh-CN" if lang == "zh" else "en",
            "locales": LOCALES,
            "figures": {name: json.loads(made.to_json()) for name, made in figures.items()},
        },
        policy=_policy(plotly, script),
        # The only texts that are not escaped are the project's own files and Plotly.
        css=Markup("".join(_own(name) for name in ("page.css", *styles))),
        script=Markup(script),
        plotly=Markup(plotly),
        **given,
    )


def _own(name: str) -> str:
    """A file of the page."""
    return (files(__name__) / FOLDER / name).read_text(encoding="utf-8")


def _policy(*scripts: str) -> str:
    """Content Security Policy that knows nothing but these scripts, and no network."""
    marks = " ".join(
        f"'sha256-{base64.b64encode(hashlib.sha256(text.encode()).digest()).decode()}'"
        for text in scripts
    )
    return (
        f"default-src 'none'; script-src {marks}; style-src 'unsafe-inline'; "
        "img-src data: blob:; base-uri 'none'; form-action 'none'"
    )
