"""The set-up page: from the printed link to the first key."""

import re

import pytest
from playwright.sync_api import expect

from console import KEYS, SECRET, banner, pasted, results, row, sign_in
from server import PASSWORD, Server
from sites import Site


@pytest.fixture
def new(tmp_path, keep):
    """A server that nobody has set up."""
    site = keep(Site(Server(tmp_path / "data"), {}, None))
    site.server.wait_for_setup_link()
    return site


def fill_in(page, password=PASSWORD):
    page.get_by_label("Organization name").fill("Acme Ltd.")
    page.get_by_label("Your email address").fill("first@example.com")
    page.get_by_label("Password", exact=True).fill(password)


def test_the_link_leads_to_an_administrator_and_a_first_key(window, new):
    page = window(new, None)
    page.goto(new.server.setup_link)
    expect(page).to_have_title("Set up · Keywright")
    expect(page.get_by_role("checkbox", name="Create a first Admin key")).to_be_checked()
    fill_in(page)
    page.get_by_role("button", name="Set up Keywright").click()
    expect(page.get_by_role("heading", level=1)).to_have_text("Keywright is set up")
    expect(page.locator("main")).to_contain_text("first@example.com now administers Acme Ltd.")
    shown = page.get_by_label("API key")
    expect(shown).to_have_text(SECRET)
    key = shown.inner_text()
    page.get_by_role("button", name="Copy", exact=True).click()
    expect(page.get_by_role("button", name="Copied")).to_be_focused()
    assert pasted(page) == key
    assert new.exchange(key).status_code == 200
    page.get_by_role("link", name="Sign in to the console").click()
    sign_in(page, "first@example.com", PASSWORD)
    expect(page).to_have_url(new.url + KEYS)
    expect(results(page)).to_have_text("1 key")
    expect(row(page, "first-admin-key")).to_contain_text("Admin on Acme Ltd.")
    assert key not in page.content()


def test_who_comes_without_the_link_is_told_where_it_is(window, new):
    page = window(new, None)
    page.goto("/")
    expect(banner(page)).to_contain_text("Open the link that the server printed when it started")
    page.goto(new.server.setup_link)
    fill_in(page)
    page.get_by_role("button", name="Set up Keywright").click()
    page.get_by_role("link", name="Sign in to the console").click()
    expect(page.get_by_role("heading", level=1)).to_have_text("Sign in")
    expect(banner(page)).to_have_count(0)
    sign_in(page, "first@example.com", PASSWORD)
    page.goto("/audit")
    expect(page.get_by_role("table")).to_contain_text("set up organization")
    expect(page.get_by_role("table")).to_contain_text("made administrator")


@pytest.mark.answers(422)
def test_what_is_wrong_is_told_and_what_is_right_is_kept(window, new):
    page = window(new, None)
    page.goto(new.server.setup_link)
    fill_in(page, password="short")
    page.get_by_label("Your email address").fill("nonsense")
    page.get_by_role("button", name="Set up Keywright").click()
    summary = page.get_by_role("alert", name="There is a problem")
    expect(summary).to_be_focused()
    expect(page).to_have_title("Error: Set up · Keywright")
    expect(summary.get_by_role("link")).to_have_text(
        [re.compile("^Your email address: "), "Password: Use at least 15 characters."]
    )
    expect(page.get_by_label("Organization name")).to_have_value("Acme Ltd.")
    expect(page.get_by_label("Password", exact=True)).to_have_value("")
    summary.get_by_role("link").first.click()
    expect(page.get_by_label("Your email address")).to_be_focused()
    expect(page.get_by_label("Your email address")).to_have_attribute("aria-invalid", "true")


def test_the_first_key_is_a_choice(window, new):
    page = window(new, None)
    page.goto(new.server.setup_link)
    fill_in(page)
    page.get_by_role("checkbox", name="Create a first Admin key").uncheck()
    page.get_by_role("button", name="Set up Keywright").click()
    expect(page.locator("main")).to_contain_text("No API key was created.")
    page.get_by_role("link", name="Sign in to the console").click()
    sign_in(page, "first@example.com", PASSWORD)
    expect(page.get_by_role("heading", name="No API keys yet")).to_be_visible()


@pytest.mark.answers(404)
def test_the_link_works_once(window, new):
    page = window(new, None)
    page.goto(new.server.setup_link)
    fill_in(page)
    page.get_by_role("button", name="Set up Keywright").click()
    expect(page.get_by_role("heading", level=1)).to_have_text("Keywright is set up")
    answer = page.goto(new.server.setup_link)
    assert answer.headers["referrer-policy"] == "no-referrer"
    expect(page.get_by_role("heading", level=1)).to_have_text("This link does not work")
    expect(page.locator("main")).to_contain_text("A set-up link works once, for 15 minutes")
