"""Plain HTTP at an address of the network, where browsers withhold the clipboard."""

import re

import pytest
from playwright.sync_api import expect

from console import KEYS, banner, fill_key, generate_key, panel, pasted, row, sign_in, toast

WARNING = "This page is not encrypted. Others on the network can read what you type and see here."


@pytest.fixture
def lan(pristine, keep):
    return keep(pristine.copy_on_network())


def test_every_page_warns(window, lan):
    page = window(lan, None)
    answer = page.goto("/")
    expect(banner(page)).to_have_text(WARNING)
    # Browsers ignore it there, and complain.
    assert "cross-origin-opener-policy" not in answer.headers
    sign_in(page, "admin@example.com", lan.passwords["admin@example.com"])
    expect(page).to_have_url(lan.url + KEYS)
    expect(banner(page)).to_have_text(WARNING)
    (cookie,) = [cookie for cookie in page.context.cookies() if cookie["name"] == "keywright"]
    assert cookie["httpOnly"] and cookie["sameSite"] == "Strict" and not cookie["secure"]


def test_the_whole_way_with_a_copy(window, lan):
    page = window(lan)
    secret = generate_key(page, "on-the-network")
    assert page.evaluate("() => [isSecureContext, typeof navigator.clipboard]") == [False, "undefined"]
    dialog = panel(page, "Copy your new key")
    dialog.get_by_role("button", name="Copy", exact=True).click()
    expect(dialog.get_by_role("button", name="Copied")).to_be_focused()
    assert pasted(page) == secret
    for _ in range(5):
        page.keyboard.press("Escape")
    expect(page).to_have_url(lan.url + KEYS)
    page.get_by_role("button", name="More options for on-the-network").click()
    page.get_by_role("menuitem", name="Delete").click()
    page.get_by_role("alertdialog").get_by_role("button", name="Delete key").click()
    expect(toast(page)).to_have_text("on-the-network deleted")


def test_escape_does_not_lose_the_key_there_either(window, lan):
    page = window(lan)
    secret = generate_key(page, "kept")
    dialog = panel(page, "Copy your new key")
    for _ in range(5):
        page.keyboard.press("Escape")
    expect(dialog.get_by_label("API key")).to_have_text(secret)
    dialog.get_by_role("button", name="Copy and close").click()
    expect(page).to_have_url(lan.url + KEYS)
    assert pasted(page) == secret


def test_where_nothing_can_copy_the_key_is_selected(window, lan):
    page = window(lan)
    page.add_init_script("document.execCommand = () => false")
    secret = generate_key(page, "selected")
    dialog = panel(page, "Copy your new key")
    dialog.get_by_role("button", name="Copy", exact=True).click()
    expect(dialog.get_by_text("Press Ctrl+C to copy")).to_be_visible()
    assert page.evaluate("() => getSelection().toString()").strip() == secret
    page.keyboard.press("Control+C")
    assert pasted(page) == secret
    dialog.get_by_role("link", name="Done").click()
    expect(page).to_have_url(lan.url + KEYS)
