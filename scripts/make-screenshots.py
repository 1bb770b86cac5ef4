#!/usr/bin/env python3
"""Makes the pictures in docs/screenshots from the demonstration data, in light and dark: `make screenshots`.

The demonstration is made for the pictures and thrown away with all its keys. The value in the save-once dialog is made
up: the server's answer is replaced before the page sees it, so no real key is in any picture.
"""

import os
import sys
import tempfile
from io import BytesIO
from pathlib import Path

from PIL import Image
from playwright.sync_api import Page, sync_playwright

REPOSITORY = Path(__file__).resolve().parent.parent
FOLDER = REPOSITORY / "docs/screenshots"
sys.path[:0] = [str(REPOSITORY / "Tests/Browser"), str(REPOSITORY / "Tests/EndToEnd")]
os.environ.setdefault("KEYWRIGHT_BINARY", str(REPOSITORY / ".build/debug/keywright"))

from conftest import CHROMIUM  # noqa: E402
from pictures import PICTURES  # noqa: E402
from sites import SESSION_COOKIE, Demonstration, Site  # noqa: E402

SCHEMES = ["light", "dark"]
SIZE = {"width": 1280, "height": 800}
LIMIT_IN_BYTES = 150_000


def picture(page: Page, name: str):
    """Saves what a page shows, with few colours, for few there are."""
    shown = Image.open(BytesIO(page.screenshot(animations="disabled", caret="hide"))).convert("RGB")
    file = FOLDER / f"{name}.png"
    shown.quantize(colors=128, dither=Image.Dither.NONE).save(file, optimize=True)
    size = file.stat().st_size
    print(f"{file.relative_to(REPOSITORY)} {size // 1000} kB")
    assert size < LIMIT_IN_BYTES, f"{file} is too large"


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
    FOLDER.mkdir(parents=True, exist_ok=True)
    for file in FOLDER.glob("*.png"):
        file.unlink()
    with tempfile.TemporaryDirectory() as folder, sync_playwright() as playwright:
        site: Site = Demonstration(Path(folder)).copy()
        browser = playwright.chromium.launch(executable_path=CHROMIUM, args=["--no-sandbox"])
        try:
            for scheme in SCHEMES:
                for name, (_, take) in PICTURES.items():
                    context = browser.new_context(
                        base_url=site.url, viewport=SIZE, color_scheme=scheme, reduced_motion="reduce", locale="en-GB"
                    )
                    session = {"name": SESSION_COOKIE, "value": site.session("admin"), "url": site.url}
                    context.add_cookies([session])
                    page = context.new_page()
                    take(page, site)
                    picture(page, f"{name}-{scheme}")
                    context.close()
        finally:
            browser.close()
            site.discard()
    index()


main()
