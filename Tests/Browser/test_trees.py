"""What screen readers find on the main screens, held against the trees in the folder `trees`.

After a change that is meant: RENEW_TREES=1 make test-browser ARGS="-k trees", then read the difference."""

import difflib
import os
import re
from pathlib import Path

import pytest

from states import open_screen

FOLDER = Path(__file__).parent / "trees"

MAIN_SCREENS = {
    "sign-in": "sign-in", "list": "list, filtered", "list-read-only": "list, read only", "no-match": "list, no match",
    "create": "create", "create-refused": "create, refused", "save-once": "save once, not copied", "edit": "edit",
    "view": "view", "delete": "delete", "people": "people", "person": "person", "invite": "invite",
    "account": "account", "no-such-page": "no such page", "role": "role", "new-role": "new role",
    "resources": "resources, found", "resource": "resource", "audit": "audit, filtered", "event": "event",
}

#: What is different each time.
CHANGING = [
    (r"kw_[0-9A-Za-z]{12}_…[0-9A-Za-z]{4}", "kw_…"),
    (r"\b\d{1,2} [A-Z][a-z]{2} \d{4}(, \d\d:\d\d(:\d\d)?( UTC)?)?", "(time)"),
    (r"\b(just now|\d+ (minute|hour|day)s? ago|in \d+ (minute|hour|day)s?)\b", "(time)"),
    (r"seen=\d+", "seen=(event)"),
    (r"http://127\.0\.0\.1:\d+", "(address)"),
]


@pytest.fixture(scope="module")
def still(pristine):
    """An organization in which nobody does anything but sign in, in the same order each time."""
    site = pristine.copy()
    for role in ("admin", "ops", "secops"):
        site.session(role)
    yield site
    site.discard()


@pytest.mark.parametrize("name", MAIN_SCREENS)
def test_tree(window, still, watch, name):
    page = open_screen(window, still, watch, MAIN_SCREENS[name])
    # Whatever lies behind an open dialog cannot be reached.
    dialog = page.locator("dialog:modal")
    tree = (dialog if dialog.count() else page.locator("body")).aria_snapshot() + "\n"
    for pattern, words in CHANGING:
        tree = re.sub(pattern, words, tree)
    file = FOLDER / f"{name}.yaml"
    if os.environ.get("RENEW_TREES"):
        file.write_text(tree)
    expected = file.read_text()
    difference = difflib.unified_diff(expected.splitlines(), tree.splitlines(), "expected", "found", lineterm="", n=1)
    assert tree == expected, "\n".join(difference)


def test_no_tree_is_left_over():
    assert {file.stem for file in FOLDER.iterdir()} == set(MAIN_SCREENS)
