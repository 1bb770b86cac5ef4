#!/usr/bin/env python3
"""Makes the console's fonts, icon sprite and their licences from published packages.

The results are committed, so this runs only when a font, an icon or a character range changes:

    apt-get install fonts-inter-variable fonts-jetbrains-mono
    python3 -m venv /tmp/assets && /tmp/assets/bin/pip install fonttools brotli lucide
    /tmp/assets/bin/python scripts/make-console-assets.py

It writes inter.woff2, jetbrains-mono.woff2, icons.svg and licenses.txt into Sources/KeywrightConsole/Resources.
"""

import importlib.metadata
import re
from pathlib import Path
from xml.etree import ElementTree
from zipfile import ZipFile

import lucide
from fontTools import subset
from fontTools.ttLib import TTFont
from fontTools.varLib import instancer

RESOURCES = Path(__file__).parent.parent / "Sources/KeywrightConsole/Resources"
FONTS = Path("/usr/share/fonts/truetype")
NOTICES = Path("/usr/share/doc")

# Western and Central European letters, and the signs that the console's own words use. Other scripts come from the
# reader's system.
TEXT_RANGE = "U+20-7E,U+A0-17F,U+2010-2015,U+2018-201E,U+2022,U+2026,U+2039-203A,U+20AC,U+2190-2193,U+2212,U+FFFD"
# Keys, NRNs, ids and shell commands.
CODE_RANGE = "U+20-7E,U+A0,U+B7,U+2026,U+2190-2193,U+FFFD"

ICONS = """
    activity archive arrow-down arrow-left arrow-up book-open boxes check chevron-down chevron-right circle-alert
    circle-check circle-user copy download ellipsis-vertical eye eye-off info key-round layout-grid lock log-out menu
    pencil plus scroll-text search settings-2 shield-check trash-2 triangle-alert user-plus users x
""".split()


def make_font(source: Path, name: str, characters: str, features: list[str], weights: tuple[int, int] | None) -> None:
    font = TTFont(source)
    if weights:
        limits = {axis.axisTag: None for axis in font["fvar"].axes}
        limits["wght"] = weights
        font = instancer.instantiateVariableFont(font, limits)
    # Without an outline of its own, a character that no font of the reader has is nothing instead of a box.
    options = subset.Options(
        layout_features=features, hinting=False, flavor="woff2", name_IDs=[0, 1, 2, 13, 14], notdef_outline=True,
    )
    subsetter = subset.Subsetter(options)
    subsetter.populate(unicodes=subset.parse_unicodes(characters.replace("U+", "")))
    subsetter.subset(font)
    font.flavor = "woff2"
    font.save(RESOURCES / name)
    print(name, (RESOURCES / name).stat().st_size, "bytes")


def make_sprite() -> None:
    """One symbol an icon, drawn with the colour and width of the page that uses it."""
    symbols = []
    with ZipFile(Path(lucide.__file__).parent / "lucide.zip") as icons:
        for name in sorted(ICONS):
            drawing = ElementTree.fromstring(icons.read(f"{name}.svg"))
            shapes = "".join(ElementTree.tostring(shape, encoding="unicode").strip() for shape in drawing)
            shapes = re.sub(r' xmlns:ns0="[^"]*"|ns0:', "", shapes).replace(" />", "/>")
            symbols.append(f'<symbol id="{name}" viewBox="0 0 24 24">{shapes}</symbol>')
    notice = "Lucide icons, ISC and MIT: see licenses.txt"
    text = "\n".join([f'<svg xmlns="http://www.w3.org/2000/svg"><!-- {notice} -->', *symbols, "</svg>", ""])
    (RESOURCES / "icons.svg").write_text(text)
    print("icons.svg", len(symbols), "icons,", len(text), "bytes")


def make_licenses() -> None:
    parts = [
        ("Inter (inter.woff2, a subset)", (NOTICES / "fonts-inter-variable/copyright").read_text()),
        ("JetBrains Mono (jetbrains-mono.woff2, a subset)", (NOTICES / "fonts-jetbrains-mono/copyright").read_text()),
    ]
    icons = next(file for file in importlib.metadata.files("lucide") if file.name == "LICENSE")
    parts.append(("Lucide icons (icons.svg)", icons.read_text()))
    rule = "=" * 80
    text = "".join(f"{rule}\n{title}\n{rule}\n\n{notice.strip()}\n\n" for title, notice in parts)
    (RESOURCES / "licenses.txt").write_text("\n".join(line.rstrip() for line in text.splitlines()) + "\n")


make_font(
    FONTS / "inter-vf/Inter-roman.var.ttf", "inter.woff2", TEXT_RANGE,
    ["kern", "calt", "ccmp", "locl", "mark", "mkmk", "tnum", "case"], (400, 700),
)
make_font(
    FONTS / "jetbrains-mono/JetBrainsMono-Regular.ttf", "jetbrains-mono.woff2", CODE_RANGE, ["ccmp", "locl"], None,
)
make_sprite()
make_licenses()
