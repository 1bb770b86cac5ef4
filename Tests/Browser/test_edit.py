"""Looking at a key and changing it; two people at once."""

import re

import pytest
from playwright.sync_api import expect

from console import (
    KEYS, choose_resource, choose_roles, grant, open_menu, panel, results, row, toast,
)


def open_key(page, site, name, query=""):
    page.goto(f"{KEYS}/{site.key(name)['id']}{query}")
    return panel(page, name)


def update(form):
    form.get_by_role("button", name="Update API key").click()


def test_the_panel_tells_the_facts(window, shared):
    page = window(shared)
    page.goto(KEYS + "?q=gateway-payments")
    open_menu(page, "gateway-payments").get_by_role("menuitem", name="View or edit").click()
    form = panel(page, "gateway-payments")
    expect(page).to_have_title("gateway-payments · API keys")
    facts = form.get_by_role("region", name="About this key")
    expect(facts).to_contain_text(re.compile(r"kw_[0-9A-Za-z]{12}_…[0-9A-Za-z]{4}"))
    expect(facts).to_contain_text("by Ivo Kranjc")
    expect(facts).to_contain_text("from 198.51.100.")
    expect(facts).to_contain_text("The secret can't be shown again. Lost it? Delete this key and create another.")
    key = shared.key("gateway-payments")
    expect(facts.get_by_role("link", name="See this key's activity")).to_have_attribute(
        "href", f"/audit?target=api_key%3A{key['id']}"
    )
    expect(form.get_by_label("Name", exact=True)).to_have_value("gateway-payments")
    expect(grant(form, 1).get_by_label("Resource", exact=True)).to_have_value("account - Payments")
    expect(form.get_by_role("list", name="Tags of this key").get_by_role("listitem")).to_have_text(
        ["env:production", "service:gateway"]
    )
    expect(form.get_by_role("region", name="Changes")).to_contain_text("No changes yet")
    facts.get_by_role("button", name="Copy id").click()
    expect(facts.get_by_role("button", name="Copy id")).to_be_focused()


def test_changes_are_listed_before_they_are_made(window, own):
    page = window(own)
    form = open_key(page, own, "siem-export", "?q=siem")
    changes = form.get_by_role("region", name="Changes").get_by_role("listitem")
    form.get_by_label("Name", exact=True).fill("siem-export-2027")
    form.get_by_role("button", name="Add grant").click()
    choose_resource(form, 2, "Logistics", re.compile("^account - Logistics"))
    choose_roles(form, 2, "Member")
    form.get_by_role("button", name="Remove tag team:security").click()
    form.get_by_label("Add a tag").press_sequentially("team:audit,")
    expect(changes).to_have_text(
        ['Rename to "siem-export-2027"', "Add Member on Logistics", "Add the tag team:audit", "Remove the tag team:security"]
    )
    update(form)
    expect(page).to_have_url(re.compile(KEYS + r"\?q=siem$"))
    expect(toast(page)).to_have_text("siem-export-2027 updated")
    expect(results(page)).to_be_focused()
    expect(row(page, "siem-export-2027")).to_have_class(re.compile("fresh"))
    expect(row(page, "siem-export-2027")).to_contain_text("Member on Logistics")
    key = own.key("siem-export-2027")
    assert key["tags"] == [{"key": "team", "value": "audit"}]
    assert {grant["role_slug"] for grant in key["grants"]} == {"secops", "member"}


def test_nothing_to_update_is_said(window, shared):
    page = window(shared)
    update(open_key(page, shared, "siem-export"))
    expect(toast(page)).to_have_text("Nothing to update")
    expect(page.locator("tr.fresh")).to_have_count(0)


@pytest.mark.answers(422)
def test_what_is_wrong_with_a_change_is_told_and_kept(window, shared):
    page = window(shared)
    form = open_key(page, shared, "siem-export")
    form.get_by_label("Name", exact=True).fill("")
    update(form)
    expect(page).to_have_title("Error: siem-export · API keys")
    summary = panel(page, "siem-export").get_by_role("alert", name="There is a problem")
    expect(summary).to_be_focused()
    expect(summary.get_by_role("link")).to_have_text(["Enter a name"])


def test_leaving_with_changes_asks_first(window, shared):
    page = window(shared)
    form = open_key(page, shared, "siem-export")
    form.get_by_role("button", name="Remove tag team:security").click()
    page.keyboard.press("Escape")
    expect(form.get_by_role("alert").filter(has_text="Discard your changes?")).to_be_visible()
    form.get_by_role("button", name="Discard").click()
    expect(page).to_have_url(re.compile(KEYS + "$"))


def test_grants_that_are_no_roles_stay(window, own):
    page = window(own)
    before = own.key("release-notes-bot")["grants"]
    form = open_key(page, own, "release-notes-bot")
    expect(grant(form, 1).get_by_role("button", name=re.compile("^Roles"))).to_contain_text("Release manager, adapted")
    form.get_by_label("Name", exact=True).fill("release-notes-bot-2")
    update(form)
    expect(toast(page)).to_have_text("release-notes-bot-2 updated")
    assert own.key("release-notes-bot-2")["grants"] == before


def conflict(window, own):
    """Ops and Admin open the same key; Ops save first."""
    mine, theirs = window(own), window(own, "ops")
    my_form, their_form = open_key(mine, own, "status-page", "?q=status"), open_key(theirs, own, "status-page")
    their_form.get_by_label("Name", exact=True).fill("status-page-theirs")
    their_form.get_by_label("Add a tag").press_sequentially("team:web,")
    update(their_form)
    expect(toast(theirs)).to_have_text("status-page-theirs updated")
    my_form.get_by_label("Name", exact=True).fill("status-page-mine")
    my_form.get_by_label("Add a tag").press_sequentially("team:ops,")
    update(my_form)
    return mine, panel(mine, "status-page-theirs")


@pytest.mark.answers(409)
def test_two_people_who_change_one_key_see_both_sides(window, own):
    page, form = conflict(window, own)
    banner = form.get_by_role("alert")
    expect(banner).to_have_text(re.compile(r"^Ivo Kranjc changed this key just now\. Review before saving\.$"))
    expect(banner).to_be_focused()
    table = form.get_by_role("table", name="What differs")
    expect(table.get_by_role("rowheader")).to_have_text(["Name", "Tags"])
    expect(table.get_by_role("radio", name="Name: yours")).to_be_checked()
    expect(table.get_by_role("row").filter(has_text="Name")).to_contain_text("status-page-theirs")
    expect(table.get_by_role("row").filter(has_text="Name")).to_contain_text("status-page-mine")
    table.get_by_role("radio", name="Tags: theirs").check()
    form.get_by_role("button", name="Save my choices").click()
    expect(toast(page)).to_have_text("status-page-mine updated")
    expect(page).to_have_url(re.compile(r"\?q=status$"))
    assert own.key("status-page-mine")["tags"] == [{"key": "team", "value": "web"}]


@pytest.mark.answers(409)
def test_ones_own_side_of_a_conflict_can_be_dropped(window, own):
    page, form = conflict(window, own)
    form.get_by_role("link", name="Discard mine").click()
    form = panel(page, "status-page-theirs")
    expect(form.get_by_label("Name", exact=True)).to_have_value("status-page-theirs")
    expect(form.get_by_role("region", name="Changes")).to_contain_text("No changes yet")


@pytest.mark.answers(404)
def test_a_key_that_was_deleted_meanwhile_is_told_with_who_did_it(window, own):
    page, other = window(own), window(own, "ops")
    form = open_key(page, own, "status-page", "?q=status")
    key = own.key("status-page")["id"]
    other.goto(f"{KEYS}/{key}/delete")
    dialog = other.get_by_role("alertdialog")
    if dialog.get_by_label("Type status-page to confirm").count():
        dialog.get_by_label("Type status-page to confirm").fill("status-page")
    dialog.get_by_role("button", name="Delete key").click()
    expect(toast(other)).to_have_text("status-page deleted")
    form.get_by_label("Name", exact=True).fill("too-late")
    update(form)
    expect(page.get_by_role("heading", level=1)).to_have_text("This key is gone")
    expect(page.locator("main")).to_contain_text(re.compile(r"status-page was deleted by Ivo Kranjc at \d\d:\d\d UTC\."))
    page.get_by_role("link", name="Back to API keys").click()
    expect(page).to_have_url(re.compile(KEYS + r"\?q=status$"))
