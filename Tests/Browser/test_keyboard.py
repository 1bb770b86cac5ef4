"""The whole way by keyboard alone: nothing here uses a pointer or sets the focus."""

import re

from playwright.sync_api import Page, expect

from console import KEYS, SECRET, panel, pasted, results, toast


def focused(page: Page) -> str:
    """What a screen reader says that has the focus: role and name."""
    return page.evaluate("""() => {
        const element = document.activeElement;
        const label = element.getAttribute("aria-label")
            ?? (element.getAttribute("aria-labelledby") ?? "").split(" ").map(id => document.getElementById(id)?.textContent).join(" ").trim();
        return (label || element.labels?.[0]?.textContent || element.textContent || "").replace(/\\s+/g, " ").trim();
    }""")


def tab_to(page: Page, name: str, key: str = "Tab", limit: int = 60):
    """Presses Tab until something with that name has the focus."""
    passed = []
    for _ in range(limit):
        page.keyboard.press(key)
        passed.append(focused(page))
        if re.search(name, passed[-1]):
            return
    raise AssertionError(f"{name} is not reached by {key}: {passed}")


def test_the_whole_way_without_a_pointer(window, own):
    page = window(own, None)
    page.goto("/")
    tab_to(page, "^Email")
    page.keyboard.type("admin@example.com")
    tab_to(page, "^Password")
    page.keyboard.type(own.passwords["admin@example.com"])
    page.keyboard.press("Enter")
    expect(page).to_have_url(re.compile(KEYS + "$"))

    # Past the navigation, to a new key.
    page.keyboard.press("Tab")
    assert focused(page) == "Skip to main content"
    page.keyboard.press("Enter")
    tab_to(page, "^New API key$", limit=2)
    page.keyboard.press("Enter")
    form = panel(page, "New API key")
    expect(form.get_by_label("Name", exact=True)).to_be_focused()
    page.keyboard.type("by-keyboard")
    page.keyboard.press("Tab")
    assert focused(page).startswith("Resource")
    page.keyboard.type("payments")
    expect(form.get_by_role("option").first).to_be_visible()
    page.keyboard.press("ArrowDown")
    page.keyboard.press("Enter")
    expect(form.get_by_role("combobox", name="Resource")).to_have_value("account - Payments")
    tab_to(page, "^Roles", limit=2)
    page.keyboard.press("Enter")
    tab_to(page, "^Developer", limit=4)
    page.keyboard.press("Space")
    page.keyboard.press("Escape")
    assert focused(page).startswith("Roles")
    expect(form.get_by_role("button", name=re.compile("^Roles"))).to_contain_text("Developer")
    tab_to(page, "^Add a tag", limit=4)
    page.keyboard.type("team:payments")
    page.keyboard.press("Enter")
    page.keyboard.press("Control+Enter")

    dialog = panel(page, "Copy your new key")
    expect(dialog.get_by_role("button", name="Copy", exact=True)).to_be_focused()
    secret = dialog.get_by_label("API key").inner_text()
    assert SECRET.fullmatch(secret)
    page.keyboard.press("Enter")
    expect(dialog.get_by_role("button", name="Copied")).to_be_focused()
    tab_to(page, "^Done$", limit=5)
    page.keyboard.press("Enter")
    expect(page).to_have_url(re.compile(KEYS + "$"))

    # Found, by the shortcut.
    page.keyboard.press("/")
    page.keyboard.type("by-key")
    expect(results(page)).to_have_text("1 of 61 keys matches")
    expect(page.get_by_role("searchbox")).to_be_focused()

    # Changed.
    tab_to(page, "^More options for by-keyboard$", limit=25)
    page.keyboard.press("Enter")
    expect(page.get_by_role("menuitem", name="View or edit")).to_be_focused()
    page.keyboard.press("Enter")
    form = panel(page, "by-keyboard")
    expect(form.get_by_label("Name", exact=True)).to_be_focused()
    page.keyboard.press("End")
    page.keyboard.type("-2")
    tab_to(page, "^Update API key$")
    page.keyboard.press("Enter")
    expect(toast(page)).to_have_text("by-keyboard-2 updated")
    expect(results(page)).to_be_focused()

    # Deleted.
    tab_to(page, "^More options for by-keyboard-2$")
    page.keyboard.press("ArrowDown")
    expect(page.get_by_role("menuitem", name="View or edit")).to_be_focused()
    page.keyboard.press("d")
    page.keyboard.press("Enter")
    question = page.get_by_role("alertdialog")
    expect(question.get_by_role("link", name="Keep key")).to_be_focused()
    tab_to(page, "^Delete key$", limit=1)
    page.keyboard.press("Enter")
    expect(toast(page)).to_have_text("by-keyboard-2 deleted")
    assert own.exchange(secret).status_code == 401
    assert pasted(page) == secret


def test_filters_work_without_a_pointer(window, shared):
    page = window(shared)
    page.goto(KEYS)
    page.keyboard.press("/")
    tab_to(page, "^Role$", limit=3)
    page.keyboard.press("Space")
    tab_to(page, "^Verifier", limit=20)
    page.keyboard.press("Space")
    page.keyboard.press("Enter")
    expect(results(page)).to_have_text("4 of 60 keys match")
    tab_to(page, "^Remove filter Role Verifier$", limit=30)
    page.keyboard.press("Enter")
    expect(results(page)).to_have_text("60 keys")


def test_escape_closes_the_topmost_layer_alone(window, shared):
    page = window(shared)
    page.goto(KEYS + "/new")
    form = panel(page, "New API key")
    expect(form.get_by_label("Name", exact=True)).to_be_focused()
    page.keyboard.press("Tab")
    page.keyboard.type("pay")
    expect(form.get_by_role("option").first).to_be_visible()
    page.keyboard.press("Escape")
    expect(form.get_by_role("option").first).to_be_hidden()
    for _ in range(3):
        page.keyboard.press("Backspace")
    tab_to(page, "^Roles", limit=2)
    page.keyboard.press("Space")
    expect(form.get_by_role("group", name="Roles of grant 1")).to_be_visible()
    page.keyboard.press("Escape")
    expect(form.get_by_role("group", name="Roles of grant 1")).to_be_hidden()
    expect(form).to_be_visible()
    page.keyboard.press("Escape")
    expect(page).to_have_url(re.compile(KEYS + "$"))


def test_the_focus_is_always_visible(window, shared):
    """Whatever Tab reaches on the list shows a ring or a border in another colour."""
    page = window(shared)
    page.goto(KEYS + "?q=terraform-p")
    unmarked = []
    for _ in range(40):
        page.keyboard.press("Tab")
        if page.evaluate("() => document.activeElement === document.body"):
            break
        ring = page.evaluate("""() => {
            const style = getComputedStyle(document.activeElement);
            return style.outlineStyle !== "none" && parseFloat(style.outlineWidth) >= 2;
        }""")
        if not ring:
            unmarked.append(focused(page))
    assert not unmarked


def test_the_tab_key_stays_within_an_open_panel(window, shared):
    page = window(shared)
    page.goto(KEYS + "/new")
    expect(panel(page, "New API key").get_by_label("Name", exact=True)).to_be_focused()
    for key in ("Tab", "Shift+Tab"):
        for _ in range(15):
            page.keyboard.press(key)
            assert page.evaluate(
                "() => document.activeElement === document.body || document.activeElement.closest('dialog') !== null"
            ), focused(page)
