"""The list of API keys: search, filters, order and pages. Every state is an address."""

import re

import pytest
from playwright.sync_api import expect

from console import KEYS, key_names, open_menu, panel, results, row, toast


def test_the_list_opens_with_the_newest_keys(window, shared):
    page = window(shared)
    page.goto("/")
    expect(page).to_have_url(re.compile(KEYS + "$"))
    expect(page).to_have_title("API keys · Platform settings")
    expect(page.get_by_role("heading", level=1)).to_have_text("API keys")
    expect(page.get_by_text("Administrators and Ops can manage keys.")).to_be_visible()
    expect(results(page)).to_have_text("60 keys")
    table = page.get_by_role("table", name="Active API keys, newest first")
    expect(table.get_by_role("columnheader")).to_have_text(["Name", "Access", "Tags", "Last used", "Created", "Options"])
    expect(table.get_by_role("rowheader")).to_have_count(25)
    expect(table.get_by_role("columnheader", name="Created")).to_have_attribute("aria-sort", "descending")
    assert key_names(page)[:2] == ["metrics-checkout", "developer-portal"]
    first = row(page, "metrics-checkout")
    expect(first).to_contain_text("Insights viewer on Checkout")
    expect(first.get_by_role("rowheader")).to_contain_text(re.compile(r"kw_[0-9A-Za-z]{12}_…[0-9A-Za-z]{4}"))
    expect(page.get_by_role("navigation", name="Main").get_by_role("link", name="API keys")).to_have_attribute(
        "aria-current", "page"
    )


def test_search_follows_typing_and_keeps_the_focus(window, shared):
    page = window(shared)
    page.goto(KEYS)
    field = page.get_by_role("searchbox", name="Name or ending of key")
    field.press_sequentially("terraform")
    expect(results(page)).to_have_text("3 of 60 keys match")
    expect(page).to_have_url(re.compile(r"q=terraform"))
    assert sorted(key_names(page)) == ["terraform-logistics", "terraform-organization", "terraform-payments"]
    expect(field).to_be_focused()
    page.keyboard.type("-p")
    expect(results(page)).to_have_text("1 of 60 keys matches")
    expect(field).to_have_value("terraform-p")
    page.go_back()
    expect(page).not_to_have_url(re.compile("terraform"))


def test_search_finds_a_key_by_its_last_four(window, shared):
    page = window(shared)
    page.goto(KEYS)
    ending = row(page, "terraform-payments").get_by_role("rowheader").inner_text()[-4:]
    page.get_by_role("searchbox").fill(ending)
    page.keyboard.press("Enter")
    expect(row(page, "terraform-payments")).to_be_visible()
    expect(page).to_have_url(re.compile(f"q={ending}"))


def test_a_whole_key_is_not_searched_for(window, shared):
    page = window(shared)
    page.goto(KEYS)
    asked = []
    page.on("request", lambda request: asked.append(request.url))
    field = page.get_by_role("searchbox")
    field.fill(shared.admin_key)
    expect(page.get_by_role("alert")).to_have_text(
        "That looks like a whole key. Search by its last four characters instead."
    )
    expect(field).to_have_value("")
    page.keyboard.press("Enter")
    assert not any(shared.admin_key in url for url in asked)


def test_tags_are_filtered_by(window, shared):
    page = window(shared)
    page.goto(KEYS)
    page.get_by_role("button", name="Tag", exact=True).click()
    choices = page.get_by_role("group", name="Filter by Tag")
    choices.get_by_label("Find in Tag").fill("payments")
    expect(choices.get_by_role("checkbox", name="team:shipping")).to_be_hidden()
    choices.get_by_label("Find in Tag").fill("team:ship")
    expect(choices.get_by_role("checkbox")).to_have_count(1)
    expect(choices).to_contain_text("team:shipping")
    choices.get_by_role("checkbox", name="team:shipping").check()
    choices.get_by_role("button", name="Apply").click()
    expect(results(page)).to_have_text(re.compile(r"^\d+ of 60 keys match$"))
    shown = page.get_by_role("list", name="Active filters")
    expect(shown.get_by_role("listitem")).to_have_text("Tag team:shipping")
    for name in key_names(page):
        expect(row(page, name)).to_contain_text("team:shipping")
    expect(page.get_by_role("button", name="Tag 1 on")).to_be_visible()
    shown.get_by_role("link", name="Remove filter Tag team:shipping").click()
    expect(results(page)).to_have_text("60 keys")
