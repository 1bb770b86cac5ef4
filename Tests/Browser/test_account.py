"""One's own account: password, sessions, theme and shortcuts."""

import re

import pytest
from playwright.sync_api import expect

from console import KEYS, panel, row, sign_in, toast

NEW_PASSWORD = "another long password, for the tests"


def change_password(page, current, new):
    form = page.get_by_role("region", name="Password", exact=True)
    form.get_by_label("Current password").fill(current)
    form.get_by_label("New password").fill(new)
    form.get_by_role("button", name="Change password").click()


def test_a_new_password_ends_the_other_sessions(window, own):
    page, elsewhere = window(own), window(own, session=own.sign_in("admin"))
    elsewhere.goto(KEYS)
    page.goto("/me")
    change_password(page, own.passwords["admin@example.com"], NEW_PASSWORD)
    expect(toast(page)).to_have_text("Password changed. Your other sessions have ended")
    page.goto(KEYS)
    expect(page).to_have_url(re.compile(KEYS + "$"))
    elsewhere.reload()
    expect(elsewhere).to_have_title("Sign in · Keywright")
    sign_in(elsewhere, "admin@example.com", NEW_PASSWORD)
    expect(elsewhere).to_have_url(re.compile(KEYS + "$"))


@pytest.mark.answers(422)
@pytest.mark.parametrize(
    "current, new, message",
    [
        ("", NEW_PASSWORD, "Enter your current password."),
        ("not my password at all", NEW_PASSWORD, re.compile("current password|That is not")),
        (None, "short", re.compile("Use at least 15 characters.")),
    ],
)
def test_a_password_that_cannot_be_changed_says_why(window, own, current, new, message):
    page = window(own)
    page.goto("/me")
    change_password(page, own.passwords["admin@example.com"] if current is None else current, new)
    summary = page.get_by_role("alert", name="There is a problem")
    expect(summary).to_be_focused()
    expect(summary.get_by_role("link")).to_have_text([message])
    expect(page).to_have_title(re.compile("^Error: Your account"))
    expect(page.get_by_label("New password")).to_have_value("")


def test_a_session_elsewhere_can_be_ended(window, own):
    page, elsewhere = window(own), window(own, session=own.sign_in("admin"))
    elsewhere.goto(KEYS)
    page.goto("/me")
    sessions = page.get_by_role("region", name="Sessions", exact=True)
    expect(sessions.get_by_role("row").filter(has_text="This one")).to_have_count(1)
    expect(sessions.get_by_role("row").filter(has_text="This one").get_by_role("button")).to_have_count(0)
    sessions.get_by_role("button", name=re.compile("^End the session of ")).first.click()
    expect(toast(page)).to_have_text("Session ended")
    elsewhere.reload()
    expect(elsewhere).to_have_title("Sign in · Keywright")


def background(page):
    return page.evaluate("() => getComputedStyle(document.body).backgroundColor")


LIGHT, DARK = "rgb(249, 250, 252)", "rgb(11, 14, 20)"


@pytest.mark.parametrize("place", ["menu", "account"])
def test_the_theme_is_chosen_at_once_and_remembered(window, shared, place):
    page = window(shared, color_scheme="light")
    page.goto("/me" if place == "account" else KEYS)
    if place == "menu":
        page.get_by_role("button", name="Account: admin@example.com").click()
    choices = page.locator("#account-menu" if place == "menu" else "main").get_by_role("radiogroup", name="Theme")
    expect(choices.get_by_role("radio", name="System")).to_be_checked()
    assert background(page) == LIGHT
    choices.get_by_role("radio", name="Dark").click()
    expect(choices.get_by_role("radio", name="Dark")).to_be_checked()
    assert background(page) == DARK
    page.goto(KEYS)
    expect(page.locator("html")).to_have_attribute("data-theme", "dark")
    assert background(page) == DARK
    # Nobody who is signed out keeps reading in another theme.
    page.goto("/me")
    page.locator("main").get_by_role("radio", name="System").click()
    expect(page.locator("html")).not_to_have_attribute("data-theme", "dark")
    page.emulate_media(color_scheme="dark")
    assert background(page) == DARK


def test_single_keys_are_shortcuts(window, shared):
    page = window(shared)
    page.goto(KEYS)
    page.keyboard.press("/")
    expect(page.get_by_role("searchbox")).to_be_focused()
    page.keyboard.press("n")
    expect(page.get_by_role("searchbox")).to_have_value("n")
    page.goto(KEYS)
    page.keyboard.press("?")
    shortcuts = panel(page, "Keyboard shortcuts")
    expect(shortcuts).to_contain_text("Search this list")
    page.keyboard.press("n")
    expect(shortcuts).to_be_visible()
    page.keyboard.press("Escape")
    expect(shortcuts).to_be_hidden()
    page.keyboard.press("n")
    expect(panel(page, "New API key")).to_be_visible()


def test_shortcuts_can_be_switched_off_for_good(window, shared):
    page = window(shared)
    page.goto(KEYS)
    page.get_by_role("button", name="Account: admin@example.com").click()
    switch = page.get_by_role("switch", name="Keyboard shortcuts")
    expect(switch).to_be_checked()
    switch.click()
    expect(switch).not_to_be_checked()
    for _ in range(2):
        page.keyboard.press("Escape")
        page.keyboard.press("?")
        expect(panel(page, "Keyboard shortcuts")).to_be_hidden()
        page.keyboard.press("n")
        expect(panel(page, "New API key")).to_have_count(0)
        page.reload()
    page.get_by_role("button", name="Account: admin@example.com").click()
    switch.click()
    # It changes once the server has kept it.
    expect(switch).to_be_checked()
    page.keyboard.press("Escape")
    page.keyboard.press("?")
    expect(panel(page, "Keyboard shortcuts")).to_be_visible()


def test_the_account_says_what_one_may_do(window, shared):
    page = window(shared, "developer")
    page.goto("/me")
    expect(page.get_by_role("region", name="What you may do")).to_contain_text("Developer on Payments")
    expect(row(page, "Dana Rivera")).to_have_count(0)
