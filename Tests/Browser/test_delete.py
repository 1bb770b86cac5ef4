"""Deleting: friction follows use."""

import re

import pytest
from playwright.sync_api import expect

from console import KEYS, key_names, open_menu, results, row, toast


def ask_to_delete(page, name):
    open_menu(page, name).get_by_role("menuitem", name="Delete").click()
    dialog = page.get_by_role("alertdialog", name="Delete this API key?")
    expect(dialog).to_be_visible()
    return dialog


def test_an_idle_key_takes_one_confirmation(window, own):
    page = window(own)
    page.goto(KEYS + "?q=release-notes&sort=name%3Aasc")
    dialog = ask_to_delete(page, "release-notes-bot")
    expect(page).to_have_title("Delete release-notes-bot · API keys")
    expect(dialog).to_have_accessible_description(
        "release-notes-bot stops working at once. Requests with it get 401 Unauthorized. This can't be undone."
    )
    expect(dialog).to_contain_text(re.compile(r"It was used on \d+ \w+ \d{4} from 198\.51\.100\.\d+\."))
    expect(dialog.get_by_role("link", name="Keep key")).to_be_focused()
    expect(dialog.get_by_role("textbox")).to_have_count(0)
    dialog.get_by_role("button", name="Delete key").click()
    expect(toast(page)).to_have_text("release-notes-bot deleted")
    expect(page).to_have_url(re.compile(r"\?q=release-notes&sort=name%3Aasc$"))
    expect(results(page)).to_be_focused()
    expect(row(page, "release-notes-bot")).to_have_count(0)


@pytest.mark.answers(422)
def test_a_key_in_use_asks_for_its_name(window, own):
    key = own.create_key("just-used")
    assert own.exchange(key["api_key"]).status_code == 200
    page = window(own)
    page.goto(KEYS + "?sort=last_used_at%3Adesc")
    dialog = ask_to_delete(page, "just-used")
    expect(dialog).to_contain_text("It was used just now from 127.0.0.1.")
    field = dialog.get_by_label("Type just-used to confirm")
    dialog.get_by_role("button", name="Delete key").click()
    expect(field).to_have_attribute("aria-invalid", "true")
    expect(field).to_have_accessible_description("Type the name of the key to confirm")
    expect(field).to_be_focused()
    field.fill("just-usedd")
    dialog.get_by_role("button", name="Delete key").click()
    expect(field).to_have_value("just-usedd")
    expect(field).to_be_focused()
    field.fill("just-used")
    dialog.get_by_role("button", name="Delete key").click()
    expect(toast(page)).to_have_text("just-used deleted")
    assert own.exchange(key["api_key"]).status_code == 401


@pytest.mark.parametrize("way", ["Escape", "Keep key"])
def test_keeping_a_key_changes_nothing(window, shared, way):
    page = window(shared)
    page.goto(KEYS + "?q=siem")
    dialog = ask_to_delete(page, "siem-export")
    if way == "Escape":
        page.keyboard.press("Escape")
    else:
        dialog.get_by_role("link", name=way).click()
    expect(page).to_have_url(re.compile(KEYS + r"\?q=siem(#.*)?$"))
    expect(row(page, "siem-export")).to_be_visible()


def test_the_backdrop_does_not_close_the_question(window, shared):
    page = window(shared)
    page.goto(KEYS + "?q=siem")
    dialog = ask_to_delete(page, "siem-export")
    page.mouse.click(5, 5)
    expect(dialog).to_be_visible()


def test_the_only_key_of_the_last_page_leads_to_the_new_last_page(window, own):
    own.create_key("sixty-first")
    page = window(own)
    page.goto(KEYS + "?page=3&sort=created_at%3Aasc")
    names = key_names(page)
    assert len(names) == 11
    page.goto(KEYS + "?q=deploy&sort=name%3Aasc&per=25")
    page.goto(KEYS + "?sort=created_at%3Aasc&per=50&page=2")
    assert len(key_names(page)) == 11
    for name in key_names(page)[:-1]:
        own.call("DELETE", f"/api_key/{own.key(name)['id']}")
    page.reload()
    dialog = ask_to_delete(page, "sixty-first")
    dialog.get_by_role("button", name="Delete key").click()
    expect(toast(page)).to_have_text("sixty-first deleted")
    expect(page).to_have_url(re.compile("per=50"))
    expect(page).not_to_have_url(re.compile("page=2"))
    expect(page.get_by_role("navigation", name="Pages")).to_contain_text("1–50 of 50")


def test_the_second_of_two_people_is_told_that_it_was_deleted(window, own):
    page, other = window(own), window(own, "ops")
    for person in (page, other):
        person.goto(KEYS + "?q=incident-drill")
        ask_to_delete(person, "incident-drill")
    page.get_by_role("button", name="Delete key").click()
    expect(toast(page)).to_have_text("incident-drill deleted")
    other.get_by_role("button", name="Delete key").click()
    expect(toast(other)).to_have_text("incident-drill was already deleted")
