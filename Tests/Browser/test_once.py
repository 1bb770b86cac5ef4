"""The dialog that shows a new key once."""

import re

from playwright.sync_api import expect

from console import KEYS, SECRET, generate_key, panel, pasted, row

DIALOG = "Copy your new key"


def test_copy_puts_the_key_on_the_clipboard(window, own):
    page = window(own)
    secret = generate_key(page, "copied")
    dialog = panel(page, DIALOG)
    copy = dialog.get_by_role("button", name="Copy", exact=True)
    expect(copy).to_be_focused()
    expect(dialog).to_have_accessible_description(re.compile("^This is the only time the key is shown"))
    copy.click()
    expect(dialog.get_by_role("status").filter(has_text="Key copied")).to_be_visible()
    expect(dialog.get_by_role("button", name="Copied")).to_be_focused()
    assert pasted(page) == secret
    dialog.get_by_role("link", name="Done").click()
    expect(page).to_have_url(re.compile(KEYS + "$"))
    expect(row(page, "copied")).to_be_visible()


def test_escape_does_not_lose_a_key_that_was_not_copied(window, own):
    page = window(own)
    secret = generate_key(page, "kept-open")
    dialog = panel(page, DIALOG)
    for _ in range(5):
        page.keyboard.press("Escape")
    expect(dialog.get_by_label("API key")).to_have_text(secret)
    expect(dialog.get_by_text("You haven't copied this key.")).to_be_visible()
    expect(dialog.get_by_role("button", name="Copy and close")).to_be_focused()
    page.mouse.click(5, 5)
    expect(dialog).to_be_visible()
    dialog.get_by_role("button", name="Copy and close").click()
    expect(page).to_have_url(re.compile(KEYS + "$"))
    assert pasted(page) == secret
