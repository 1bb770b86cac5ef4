"""What changes by itself as time goes by, on a clock that the test turns."""

import re

import pytest
from playwright.sync_api import expect

from console import KEYS, panel, toast
from states import key_path


def test_a_toast_goes_after_five_seconds_unless_one_points_at_it(window, shared):
    page = window(shared)
    page.goto(KEYS)
    page.clock.install()
    page.goto(key_path(shared, "siem-export"))
    panel(page, "siem-export").get_by_role("button", name="Update API key").click()
    expect(toast(page)).to_have_text("Nothing to update")
    page.clock.fast_forward(4_000)
    expect(toast(page)).to_be_visible()
    toast(page).hover()
    page.clock.fast_forward(10_000)
    expect(toast(page)).to_be_visible()
    page.mouse.move(5, 5)
    page.clock.fast_forward(5_000)
    expect(toast(page)).to_be_hidden()
    page.reload()
    expect(toast(page)).to_be_hidden()
    expect(toast(page)).to_be_empty()


def test_times_follow_the_clock(window, shared):
    page = window(shared)
    page.clock.install()
    page.goto("/me")
    active = page.get_by_role("region", name="Sessions", exact=True).locator('td[data-l="Last active"] time').first
    expect(active).to_have_text(re.compile("just now|minute"))
    page.clock.fast_forward("10:00")
    expect(active).to_have_text(re.compile(r"^1[0-9] minutes ago$"))


def test_copied_is_said_for_three_seconds(window, shared):
    page = window(shared)
    page.clock.install()
    page.goto(key_path(shared, "siem-export"))
    button = panel(page, "siem-export").get_by_role("button", name="Copy id")
    button.click()
    expect(button).to_have_class(re.compile("copied"))
    page.clock.fast_forward(3_100)
    expect(button).not_to_have_class(re.compile("copied"))


@pytest.mark.answers(422)
def test_a_button_says_that_it_is_busy_only_when_it_takes_a_while(window, shared):
    page = window(shared)
    page.goto(KEYS + "/new")
    page.clock.install()
    waiting = []
    page.route("**/settings/api-keys", lambda route: waiting.append(route))
    button = panel(page, "New API key").get_by_role("button", name="Generate API key")
    button.click()
    expect(button).to_have_attribute("aria-busy", "true")
    expect(button).not_to_have_class(re.compile("busy"))
    page.clock.fast_forward(250)
    expect(button).to_have_class(re.compile("busy"))
    expect(button).to_have_text("Generate API key")
    waiting[0].fulfill(status=422, json={"errors": [{"field": "name", "message": "Enter a name"}]})
    expect(button).not_to_have_class(re.compile("busy"))


def test_caps_lock_is_told_at_a_password(window, shared):
    page = window(shared, None)
    page.goto("/sign-in")
    page.get_by_label("Password", exact=True).evaluate(
        "field => field.dispatchEvent(new KeyboardEvent('keyup', { key: 'A', modifierCapsLock: true, bubbles: true }))"
    )
    expect(page.get_by_role("status").filter(has_text="Caps Lock is on")).to_be_visible()
