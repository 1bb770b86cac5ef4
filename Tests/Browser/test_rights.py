"""What people see who may not do everything."""

import re

import pytest
from playwright.sync_api import expect

from console import KEYS, NEW_KEY, key_names, open_menu, panel, results, row


@pytest.mark.answers(403)
def test_who_reads_no_keys_is_told_what_to_do(window, shared):
    page = window(shared, "member")
    page.goto(KEYS)
    expect(page.get_by_role("heading", level=1)).to_have_text("You can't see API keys here")
    expect(page.locator("main")).to_contain_text(
        "You need a role that allows reading API keys in this organization. Ask an administrator."
    )
    expect(page.locator("main")).to_contain_text("Request")
    copy = page.get_by_role("button", name="Copy request id")
    copy.click()
    expect(page.locator("#toast")).to_have_text("Copied")


def test_who_only_reads_keys_can_look_at_all_of_them(window, shared):
    page = window(shared, "secops")
    page.goto(KEYS)
    expect(results(page)).to_have_text("60 keys")
    new = page.locator("main").get_by_role("link", name="New API key")
    expect(new).to_have_attribute("aria-disabled", "true")
    expect(new).to_have_accessible_description(
        "You can look at API keys. To create or change them you need the role Admin or Ops."
    )
    new.press("Enter")
    expect(page).to_have_url(re.compile(KEYS + "$"))
    menu = open_menu(page, key_names(page)[0])
    expect(menu.get_by_role("menuitem")).to_have_text([re.compile(r"^\s*View\s*$")])
    menu.get_by_role("menuitem").click()
    view = page.get_by_role("dialog")
    expect(view.get_by_role("heading", name="This key can")).to_be_visible()
    expect(view.get_by_role("textbox")).to_have_count(0)
    expect(view.get_by_role("button", name="Update API key")).to_have_count(0)
    view.get_by_role("link", name="Close").last.click()
    expect(page).to_have_url(re.compile(KEYS + "$"))


@pytest.mark.answers(403)
@pytest.mark.parametrize("path", [NEW_KEY, f"{KEYS}/5/delete"])
def test_who_only_reads_keys_reaches_no_form_by_its_address(window, shared, path):
    page = window(shared, "secops")
    page.goto(path)
    expect(page.get_by_role("heading", level=1)).to_have_text("You may not do that")
    page.get_by_role("link", name="Go to API keys").click()
    expect(page).to_have_url(re.compile(KEYS + "$"))


def test_ops_manage_the_keys_that_they_could_give(window, own):
    page = window(own, "ops")
    page.goto(KEYS + "?q=status-page")
    expect(page.get_by_role("link", name="New API key")).to_be_visible()
    expect(open_menu(page, "status-page").get_by_role("menuitem")).to_have_count(2)


@pytest.mark.answers(403)
def test_people_are_hidden_from_who_may_not_read_them(window, shared):
    page = window(shared, "ops")
    page.goto("/settings/people")
    expect(page.get_by_role("heading", level=1)).to_have_text(re.compile("You can't see people here"))


@pytest.mark.answers(404)
@pytest.mark.parametrize("path", [f"{KEYS}/999999", f"{KEYS}/abc", "/settings/people/999999", "/settings/nothing"])
def test_what_does_not_exist_is_a_page_with_a_way_on(window, shared, path):
    page = window(shared)
    page.goto(path)
    expect(page.get_by_role("heading", level=1)).to_have_text("There is no such page")
    page.get_by_role("link", name="Go to API keys").click()
    expect(page).to_have_url(re.compile(KEYS + "$"))
