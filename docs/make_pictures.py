"""Takes the pictures of the documentation: what a reader sees first of a page.

    allocator solve --out runs
    allocator page runs/default --to page-en.html
    allocator page runs/default --lang zh --to page-zh.html
    python docs/make_pictures.py docs/pictures page-en.html page-zh.html

    allocator solve instances/archetypes/*-26.yaml --gap 0.05 --time-limit 60 --out runs
    allocator compare runs/*-26 --html archetypes-en.html
    allocator compare runs/*-26 --html archetypes-zh.html --lang zh
    python docs/make_pictures.py docs/pictures archetypes-en.html archetypes-zh.html --part main \\
        --without '#notes, #table, #spend, #earned, #cash'

    soffice --headless --convert-to pdf runs/growing-apparel-26/plan.xlsx
    pdftoppm -r 110 -png -f 1 -l 1 -x 30 -y 45 -W 1210 -H 490 -singlefile plan.pdf workbook-en

Each page gives a PNG of its own name; the last two lines make the workbook's picture, with
LibreOffice and Poppler. Needs the extra ``browser``, an installed Chromium or Chrome, and a font
with Chinese letters (Debian: fonts-noto-cjk).
"""

import argparse
import shutil
import sys
from collections.abc import Sequence
from pathlib import Path

from playwright.sync_api import sync_playwright

BROWSERS = ("chromium", "chromium-browser", "google-chrome", "chrome")
"""Names under which an installed browser is looked for."""
WIDTH, HEIGHT = 1280, 1138
"""Pixels of a picture."""


def take(
    pages: Sequence[Path],
    folder: Path,
    width: int,
    height: int,
    *,
    part: str = "",
    without: str = "",
) -> list[Path]:
    """Open the pages one after the other and keep what a window of this size shows.

    Args:
        pages: HTML files.
        folder: where the pictures go.
        width: of the window in pixels.
        height: of the window in pixels.
        part: CSS selector of the part that is kept whole; what the window shows if empty.
        without: CSS selector of what is left out.

    Raises:
        FileNotFoundError: no browser is installed.
    """
    browser = next(filter(None, map(shutil.which, BROWSERS)), None)
    if browser is None:
        raise FileNotFoundError(f"no browser is installed: none of {', '.join(BROWSERS)}")
    folder.mkdir(parents=True, exist_ok=True)
    taken = []
    with sync_playwright() as driver:
        # Containers run as root, which Chromium refuses with its sandbox.
        opened = driver.chromium.launch(
            executable_path=browser, args=["--no-sandbox", "--disable-gpu"]
        )
        window = opened.new_page(viewport={"width": width, "height": height})
        for page in pages:
            window.goto(page.resolve().as_uri())
            window.wait_for_selector("html.drawn")
            taken.append(folder / f"{page.stem}.png")
            if without:
                window.add_style_tag(content=f"{without} {{ display: none }}")
            shown = window.locator(part) if part else window
            shown.screenshot(path=taken[-1])
        opened.close()
    return taken


def main() -> None:
    """Entry point."""
    options = argparse.ArgumentParser(description=(__doc__ or "").partition("\n")[0])
    options.add_argument("folder", type=Path, help="where the pictures go")
    options.add_argument("pages", type=Path, nargs="+", help="HTML files of the program")
    options.add_argument("--width", type=int, default=WIDTH, help="pixels")
    options.add_argument("--height", type=int, default=HEIGHT, help="pixels")
    options.add_argument("--part", default="", help="CSS selector of the part to keep")
    options.add_argument("--without", default="", help="CSS selector of what to leave out")
    given = options.parse_args()
    size = (given.width, given.height)
    try:
        taken = take(given.pages, given.folder, *size, part=given.part, without=given.without)
    except FileNotFoundError as error:
        sys.exit(str(error))
    print("\n".join(map(str, taken)))


if __name__ == "__main__":
    main()
