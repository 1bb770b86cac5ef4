#!/usr/bin/env python3
"""Makes the pictures in docs/screenshots from the demonstration data, in light and dark: `make screenshots`.

The demonstration is made for the pictures and thrown away with all its keys. The value in the save-once dialog is made
up: the server's answer is replaced before the page sees it, so no real key is in any picture.

With a folder (`make screenshots ARGS=/tmp/pictures`) it puts every screen in every state there instead, at three
widths, in light, dark and forced colours, to be looked at.
"""

import os
import re
import sys
import tempfile
from io import BytesIO
from pathlib import Path

from PIL import Image
from playwright.sync_api import Browser, Page, sync_playwright

REPOSITORY = Path(__file__).resolve().parent.parent
FOLDER = REPOSITORY / "docs/screenshots"
sys.path[:0] = [str(REPOSITORY / "Tests/Browser"), str(REPOSITORY / "Tests/EndToEnd")]
os.environ.setdefault("KEYWRIGHT_BINARY", str(REPOSITORY / ".build/debug/keywright"))

from conftest import CHROMIUM  # noqa: E402
from pictures import PICTURES  # noqa: E402
from sites import SESSION_COOKIE, Demonstration, Site  # noqa: E402
from states import SCREENS, open_screen  # noqa: E402
from watching import Watch  # noqa: E402

SCHEMES = ["light", "dark"]
SIZE = {"width": 1280, "height": 800}
#: How every screen is looked at.
LOOKS = {
    "light": {"color_scheme": "light"},
    "dark": {"color_scheme": "dark"},
    "forced": {"color_scheme": "dark", "forced_colors": "active"},
}
WIDTHS = [320, 900, 1280]
LIMIT_IN_BYTES = 150_000


def open_window(browser: Browser, site: Site, role: str | None = "admin", **options) -> Page:
    context = browser.new_context(base_url=site.url, reduced_motion="reduce", locale="en-GB", **options)
    if role:
        context.add_cookies([{"name": SESSION_COOKIE, "value": site.session(role), "url": site.url}])
    return context.new_page()


def save(page: Page, file: Path, **options) -> int:
    """Saves what a page shows, with few colours, for few there are. The size of the file in bytes."""
    shown = Image.open(BytesIO(page.screenshot(animations="disabled", caret="hide", **options))).convert("RGB")
    shown.quantize(colors=128, dither=Image.Dither.NONE).save(file, optimize=True)
    return file.stat().st_size


def take_chosen(browser: Browser, site: Site):
    """The pictures that are kept, and the page that shows them all."""
    FOLDER.mkdir(parents=True, exist_ok=True)
    for file in FOLDER.glob("*.png"):
        file.unlink()
    for scheme in SCHEMES:
        for name, (_, take) in PICTURES.items():
            page = open_window(browser, site, viewport=SIZE, color_scheme=scheme)
            take(page, site)
            file = FOLDER / f"{name}-{scheme}.png"
            size = save(page, file)
            print(f"{file.relative_to(REPOSITORY)} {size // 1000} kB")
            assert size < LIMIT_IN_BYTES, f"{file} is too large"
            page.context.close()
    index()


def take_all(browser: Browser, site: Site, folder: Path):
    """Every screen, to be looked at."""
    folder.mkdir(parents=True, exist_ok=True)
    for name in SCREENS:
        for width in WIDTHS:
            for look, options in LOOKS.items():
                def window(site, role, **more):
                    return open_window(browser, site, role, **more)

                size = {"width": width, "height": 900}
                page = open_screen(window, site, Watch(set()), name, viewport=size, **options)
                file = folder / f"{re.sub('[^a-z0-9]+', '-', name)}-{width}-{look}.png"
                save(page, file, full_page=not page.locator("dialog:modal, :popover-open").count())
                print(file)
                page.context.close()


def index():
    """A page that shows them all."""
    parts = [
        "# The console",
        "The demonstration organization (`make run DEMO=1`) in light and dark. `make screenshots` makes these pictures, and "
        "this\npage, anew. The demonstration that they show was thrown away with all its keys; the key in the dialog that "
        "shows\none is made up.",
    ]
    for name, (title, _) in PICTURES.items():
        parts += [f"## {title}", *(f"![{title}, {scheme}]({name}-{scheme}.png)" for scheme in SCHEMES)]
    (FOLDER / "README.md").write_text("\n\n".join(parts) + "\n")


def main():
    with tempfile.TemporaryDirectory() as folder, sync_playwright() as playwright:
        site = Demonstration(Path(folder)).copy()
        browser = playwright.chromium.launch(executable_path=CHROMIUM, args=["--no-sandbox"])
        try:
            if len(sys.argv) > 1:
                take_all(browser, site, Path(sys.argv[1]))
            else:
                take_chosen(browser, site)
        finally:
            browser.close()
            site.discard()


main()
