"""The whole way in a browser that runs no script."""

import re

import pytest
from playwright.sync_api import expect

from console import KEYS, SECRET, banner, key_names, panel, results, row, sign_in, toast


@pytest.fixture
def plain(window):
    def open_plain(site, role="admin", **options):
        return window(site, role, java_script_enabled=False, **options)

    return open_plain


def test_the_whole_way_without_script(plain, own):
    page = plain(own, None)
    page.goto("/")
    sign_in(page, "admin@example.com", own.passwords["admin@example.com"])
    expect(results(page)).to_have_text("60 keys")

    # A new key: two grants, found by buttons of the form.
    page.get_by_role("link", name="New API key").click()
    form = panel(page, "New API key")
    form.get_by_label("Name", exact=True).fill("without-script")
    form.get_by_label("Resource", exact=True).fill("api")
    form.get_by_role("button", name="Find").click()
    hits = form.get_by_role("group", name="2 resources match")
    hits.get_by_role("radio", name=re.compile("Cart API")).check()
    form.get_by_role("button", name=re.compile("^Roles")).click()
    form.get_by_role("group", name="Roles of grant 1").get_by_role("checkbox", name=re.compile("^Member")).check()
    page.keyboard.press("Escape")
    form.get_by_role("button", name="Add grant").click()
    expect(form.get_by_label("Name", exact=True)).to_have_value("without-script")
    second = form.get_by_role("group", name="Grant 2", exact=True)
    expect(form.get_by_role("group", name="Grant 1", exact=True).get_by_label("Resource", exact=True)).to_have_value(
        "application - Cart API"
    )
    second.get_by_label("Resource", exact=True).fill("organization=1:account=2")
    second.get_by_role("button", name=re.compile("^Roles")).click()
    form.get_by_role("group", name="Roles of grant 2").get_by_role("checkbox", name=re.compile("^Developer")).check()
    page.keyboard.press("Escape")
    form.get_by_label("Tag 1").fill("team:payments")
    form.get_by_label("Tag 5").fill("env:test")
    form.get_by_role("button", name="Generate API key").last.click()

    dialog = panel(page, "Copy your new key")
    expect(dialog.get_by_label("API key")).to_have_text(SECRET)
    secret = dialog.get_by_label("API key").inner_text()
    assert own.exchange(secret).status_code == 200
    expect(dialog.get_by_role("button", name="Copy", exact=True)).to_be_hidden()

    # Loading it again sends the form again, and makes no second key.
    page.reload()
    expect(panel(page, "without-script")).to_be_visible()
    expect(toast(page)).to_have_text(
        "This key was already generated. Its secret was shown then and can't be shown again."
    )
    assert secret not in page.content()
    assert own.call("GET", "/api_key", params={"q": "without-script"})["paging"]["total"] == 1

    # Changed.
    form = panel(page, "without-script")
    form.get_by_label("Name", exact=True).fill("without-script-2")
    form.get_by_label("Tag 2").fill("")
    form.get_by_role("button", name="Remove grant 2").click()
    expect(panel(page, "without-script").get_by_role("region", name="Changes")).to_contain_text(
        'Rename to "without-script-2"'
    )
    form.get_by_role("button", name="Update API key").last.click()
    expect(toast(page)).to_have_text("without-script-2 updated")
    key = own.key("without-script-2")
    assert [grant["nrn"] for grant in key["grants"]] == ["organization=1:account=1:namespace=1:application=1"]
    assert key["tags"] == [{"key": "team", "value": "payments"}]

    # Deleted, with its name, for it was used.
    page.goto(KEYS + "?q=without-script")
    page.get_by_role("button", name="More options for without-script-2").click()
    page.get_by_role("link", name="Delete").click()
    question = page.get_by_role("alertdialog")
    question.get_by_label("Type without-script-2 to confirm").fill("without-script-2")
    question.get_by_role("button", name="Delete key").click()
    expect(toast(page)).to_have_text("without-script-2 deleted")
    assert own.exchange(secret).status_code == 401

    page.get_by_role("button", name="Account: admin@example.com").click()
    page.get_by_role("button", name="Sign out").click()
    expect(banner(page)).to_have_text("You are signed out.")


def test_filters_sort_and_pages_work_without_script(plain, shared):
    page = plain(shared)
    page.goto(KEYS)
    page.get_by_role("searchbox").fill("deploy")
    page.get_by_role("button", name="Search").click()
    expect(results(page)).to_have_text("14 of 60 keys match")
    page.get_by_role("button", name="Tag", exact=True).click()
    choices = page.get_by_role("group", name="Filter by Tag")
    choices.get_by_role("checkbox", name="env:production").check()
    choices.get_by_role("button", name="Apply").click()
    expect(results(page)).to_have_text("7 of 60 keys match")
    page.get_by_role("columnheader", name="Name").get_by_role("button").click()
    assert key_names(page) == sorted(key_names(page))
    expect(page.get_by_role("list", name="Active filters").get_by_role("listitem")).to_have_count(2)
    page.goto(KEYS)
    page.get_by_role("link", name="Next").click()
    expect(page.get_by_role("navigation", name="Pages")).to_contain_text("26–50 of 60")


@pytest.mark.answers(422)
def test_what_is_wrong_is_told_without_script(plain, shared):
    page = plain(shared)
    page.goto(KEYS + "/new")
    panel(page, "New API key").get_by_role("button", name="Generate API key").last.click()
    expect(page).to_have_title("Error: New API key · API keys")
    summary = page.get_by_role("alert", name="There is a problem")
    expect(summary.get_by_role("link")).to_have_text(
        ["Enter a name", "Choose a resource for grant 1", "Choose a role for grant 1"]
    )
    expect(summary).to_be_focused()


def test_preferences_and_drop_downs_work_without_script(plain, shared):
    page = plain(shared)
    page.goto(KEYS)
    page.get_by_role("navigation", name="Main").get_by_text("Platform settings").first.click()
    expect(page.get_by_role("navigation", name="Main").get_by_role("link", name="Activity")).to_be_visible()
    page.get_by_role("button", name="Account: admin@example.com").click()
    page.get_by_role("radio", name="Dark").click()
    expect(page).to_have_url(re.compile(KEYS + "$"))
    expect(page.locator("html")).to_have_attribute("data-theme", "dark")


@pytest.mark.answers(403)
def test_people_are_invited_without_script(plain, own):
    page, guest = plain(own), plain(own, None)
    page.goto("/settings/people/invite")
    form = panel(page, "Invite a person")
    form.get_by_label("Email address").fill("new@example.com")
    form.get_by_role("button", name="Invite").last.click()
    guest.goto(panel(page, "Copy the invitation link").get_by_label("Link").inner_text())
    guest.get_by_label("Password", exact=True).fill("a long password, without script")
    guest.get_by_role("button", name="Join").click()
    expect(toast(guest)).to_have_text("Welcome to Example Organization (demonstration)")
    panel(page, "Copy the invitation link").get_by_role("link", name="Done").click()
    expect(row(page, "new@example.com")).to_be_visible()
