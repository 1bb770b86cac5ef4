"""axe finds nothing to object to, on any screen in any state, in light and dark."""

import pytest
from axe_playwright_python.sync_playwright import Axe

from states import SCREENS, open_screen

TAGS = ["wcag2a", "wcag2aa", "wcag21a", "wcag21aa", "wcag22aa", "best-practice"]

#: What depends on colours: all that another theme can break.
RULES_ABOUT_COLOURS = ["color-contrast", "link-in-text-block"]

axe = Axe()


@pytest.mark.parametrize("screen", SCREENS)
def test_axe(window, shared, watch, screen):
    page = open_screen(window, shared, watch, screen, color_scheme="light")
    found = objections(page, {"type": "tag", "values": TAGS})
    page.emulate_media(color_scheme="dark")
    found += objections(page, {"type": "rule", "values": RULES_ABOUT_COLOURS})
    assert not found, "\n".join(found)


def objections(page, selection):
    answer = axe.run(page, options={"runOnly": selection, "resultTypes": ["violations"]}).response
    assert answer["passes"], "axe did not look at anything"
    return [
        f"{violation['id']} ({violation['impact']}): {violation['help']}: {node['html']}"
        for violation in answer["violations"]
        for node in violation["nodes"]
    ]
