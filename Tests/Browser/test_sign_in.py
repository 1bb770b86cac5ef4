"""Signing in and out, and what happens when a session ends."""

import re

import pytest
from playwright.sync_api import expect

from console import KEYS, NEW_KEY, banner, panel, results, sign_in

WRONG = "That email and password don't match. Try again."


def test_the_right_pair_leads_to_the_keys(window, shared):
    page = window(shared, None)
    page.goto("/")
    expect(page).to_have_title("Sign in · Keywright")
    sign_in(page, "admin@example.com", shared.passwords["admin@example.com"])
    expect(page).to_have_url(re.compile(KEYS + "$"))
    expect(page.get_by_role("button", name="Account: admin@example.com")).to_be_visible()


@pytest.mark.answers(422)
@pytest.mark.parametrize("email", ["admin@example.com", "nobody@example.com"])
def test_a_wrong_pair_is_told_in_one_sentence(window, own, email):
    page = window(own, None)
    page.goto("/sign-in")
    sign_in(page, email, "not the password of anybody")
    alert = page.get_by_role("alert")
    expect(alert).to_have_text(WRONG)
    expect(alert).to_be_focused()
    expect(page).to_have_title("Error: Sign in · Keywright")
    expect(page.get_by_label("Email")).to_have_value(email)
    expect(page.get_by_label("Password", exact=True)).to_have_value("")


@pytest.mark.answers(422, 429)
def test_too_many_attempts_have_to_wait(window, own):
    page = window(own, None)
    page.goto("/sign-in")
    for _ in range(5):
        sign_in(page, "ops@example.com", "a wrong password, again")
        expect(page.get_by_role("alert")).to_have_text(WRONG)
    with page.expect_response("**/sign-in") as refused:
        sign_in(page, "ops@example.com", own.passwords["ops@example.com"])
    expect(page.get_by_role("alert")).to_have_text(re.compile(r"^Too many attempts\. Try again in (a minute|\d+ minutes)\.$"))
    assert refused.value.status == 429
    assert int(refused.value.headers["retry-after"]) > 0
    sign_in(page, "secops@example.com", own.passwords["secops@example.com"])
    expect(page).to_have_url(re.compile(KEYS + "$"))


def test_signing_in_leads_back_to_where_one_wanted_to_go(window, shared):
    page = window(shared, None)
    page.goto(KEYS + "?q=terraform&sort=name:asc")
    sign_in(page, "admin@example.com", shared.passwords["admin@example.com"])
    expect(page).to_have_url(re.compile(r"\?q=terraform&sort=name(:|%3A)asc$"))
    expect(results(page)).to_have_text("3 of 60 keys match")


@pytest.mark.parametrize(
    "elsewhere", ["https://example.com/", "//example.com", "/\\example.com", "javascript:alert(1)", "/sign-out"]
)
def test_signing_in_leads_nowhere_else(window, shared, elsewhere):
    page = window(shared, None)
    page.goto("/sign-in")
    page.goto(f"/sign-in?next={elsewhere}")
    sign_in(page, "admin@example.com", shared.passwords["admin@example.com"])
    expect(page).to_have_url(shared.url + KEYS)


def test_signing_out_ends_the_session(window, shared):
    page = window(shared, session=shared.sign_in("admin"))
    page.goto(KEYS)
    page.get_by_role("button", name="Account: admin@example.com").click()
    page.get_by_role("button", name="Sign out").click()
    expect(banner(page)).to_have_text("You are signed out.")
    page.goto(KEYS)
    expect(page).to_have_title("Sign in · Keywright")


def test_a_session_ends_after_half_an_hour_without_activity(window, own):
    page = window(own)
    page.goto(KEYS)
    own.change_database("UPDATE sessions SET last_seen_at = last_seen_at - 1801000")
    page.goto(KEYS + "?q=terraform")
    expect(banner(page)).to_have_text("You were signed out after 30 minutes without activity.")
    sign_in(page, "admin@example.com", own.passwords["admin@example.com"])
    expect(page).to_have_url(re.compile(r"q=terraform$"))


@pytest.mark.answers(401)
def test_what_was_typed_survives_the_end_of_the_session(window, own):
    page = window(own)
    page.goto(NEW_KEY)
    form = panel(page, "New API key")
    with page.expect_response("**/console/preview.json*"):
        form.get_by_label("Name", exact=True).fill("typed-before-the-end")
    own.change_database("UPDATE sessions SET last_seen_at = last_seen_at - 1801000")
    form.get_by_role("button", name="Generate API key").click()
    expect(banner(page)).to_have_text("Sign in to continue. Your entries are kept.")
    sign_in(page, "admin@example.com", own.passwords["admin@example.com"])
    expect(panel(page, "New API key").get_by_label("Name", exact=True)).to_have_value("typed-before-the-end")


@pytest.mark.parametrize(
    "path, title, label",
    [
        ("/settings/roles/new", "New role", "Name"), ("/settings/people/invite", "Invite a person", "Email address"),
        ("/settings/resources/organization=1:account=1/new", "New namespace in Payments", "Name"),
    ],
)
def test_other_panels_keep_what_was_typed_as_well(window, own, path, title, label):
    page = window(own)
    page.goto(path)
    panel(page, title).get_by_label(label, exact=True).fill("typed-before-the-end")
    own.change_database("UPDATE sessions SET last_seen_at = last_seen_at - 1801000")
    panel(page, title).locator("[data-submit]").click()
    expect(banner(page)).to_have_text("Sign in to continue. Your entries are kept.")
    sign_in(page, "admin@example.com", own.passwords["admin@example.com"])
    expect(panel(page, title).get_by_label(label, exact=True)).to_have_value("typed-before-the-end")


@pytest.mark.answers(401)
def test_signing_in_again_from_the_warning_keeps_what_was_typed(window, own):
    page = window(own)
    page.clock.install()
    page.goto("/settings/roles/new")
    panel(page, "New role").get_by_label("Name", exact=True).fill("typed-before-the-end")
    own.change_database("UPDATE sessions SET last_seen_at = last_seen_at - 1801000")
    page.clock.fast_forward("31:00")
    over = panel(page, "You were signed out")
    expect(over).to_contain_text("What you have typed here is kept when you sign in again now.")
    over.get_by_role("button", name="Sign in again").click()
    sign_in(page, "admin@example.com", own.passwords["admin@example.com"])
    expect(panel(page, "New role").get_by_label("Name", exact=True)).to_have_value("typed-before-the-end")


@pytest.mark.answers(403)
def test_a_session_that_lives_on_elsewhere_sends_nothing_when_signing_in_again(window, own):
    page = window(own)
    page.clock.install()
    page.goto("/settings/roles/new")
    form = panel(page, "New role")
    form.get_by_label("Name", exact=True).fill("not-to-be-made")
    form.get_by_role("checkbox", name="create").first.check()
    page.clock.fast_forward("31:00")
    with page.expect_response(lambda answer: answer.request.method == "POST") as refused:
        panel(page, "You were signed out").get_by_role("button", name="Sign in again").click()
    assert refused.value.status == 403
    # Who is signed in after all comes back to an empty form.
    expect(form.get_by_label("Name", exact=True)).to_have_value("")
    assert "not-to-be-made" not in str(own.call("GET", "/role", params={"limit": 200}))


def test_a_warning_comes_two_minutes_before_the_end(window, shared):
    page = window(shared, session=shared.sign_in("admin"))
    page.clock.install()
    page.goto(KEYS)
    warning = panel(page, "Are you still there?")
    page.clock.fast_forward("27:30")
    expect(warning).to_be_hidden()
    page.clock.fast_forward("00:40")
    expect(warning).to_contain_text("You will be signed out in 2 minutes.")
    stay = warning.get_by_role("button", name="Stay signed in")
    expect(stay).to_be_focused()
    stay.click()
    expect(warning).to_be_hidden()
    expect(page.locator("#toast")).to_have_text("You stay signed in")
    page.clock.fast_forward("27:30")
    expect(warning).to_be_hidden()


def test_the_end_of_a_session_is_told_where_it_was_shown(window, shared):
    page = window(shared, session=shared.sign_in("admin"))
    page.clock.install()
    page.goto(KEYS)
    page.clock.fast_forward("31:00")
    over = panel(page, "You were signed out")
    expect(over).to_contain_text("There was no activity for too long.")
    page.keyboard.press("Escape")
    expect(over).to_be_visible()
    over.get_by_role("button", name="Sign in again").click()
    expect(page).to_have_url(re.compile("sign-in|api-keys"))


def test_a_password_can_be_shown(window, shared):
    page = window(shared, None)
    page.goto("/sign-in")
    field = page.get_by_label("Password", exact=True)
    field.fill("what I type")
    show = page.get_by_role("button", name="Show password")
    show.click()
    expect(field).to_have_attribute("type", "text")
    expect(show).to_have_attribute("aria-pressed", "true")
    expect(field).to_be_focused()
    show.click()
    expect(field).to_have_attribute("type", "password")
