"""The roles: what each allows, who holds it, and the organization's own."""

import re

import pytest
from playwright.sync_api import expect

from console import KEYS, panel, results, row, toast

ROLES = "/settings/roles"


def test_every_role_is_listed_with_its_keys(window, shared):
    page = window(shared)
    page.goto(ROLES)
    expect(page).to_have_title("Roles · Platform settings")
    verifier = row(page, "Verifier")
    expect(verifier).to_contain_text("verifier")
    expect(verifier).to_contain_text("Keys only")
    expect(row(page, "Release manager")).to_contain_text("Custom")
    verifier.get_by_role("link", name="4 keys with Verifier").click()
    expect(page).to_have_url(re.compile(KEYS + r"\?role=verifier$"))
    expect(results(page)).to_have_text("4 of 60 keys match")


def test_a_role_says_what_it_allows_and_who_holds_it(window, shared):
    page = window(shared)
    page.goto(ROLES)
    page.get_by_role("link", name="Release manager", exact=True).click()
    expect(page).to_have_title("Release manager · Roles")
    expect(page.get_by_role("heading", level=1)).to_contain_text("Release manager")
    expect(page.get_by_role("region", name="About this role")).to_contain_text("release-manager")
    expect(page.get_by_role("region", name="About this role")).to_contain_text("Member")
    expect(page.get_by_role("region", name="Permissions")).to_contain_text("create")
    expect(page.locator("main")).to_contain_text("release-train")
    expect(page.locator("main")).to_contain_text("Jun Sato")


def test_a_role_of_ones_own_is_made_changed_and_deleted(window, own):
    page = window(own)
    page.goto(ROLES)
    page.get_by_role("link", name="New role").click()
    form = panel(page, "New role")
    form.get_by_label("Name", exact=True).fill("Night watch")
    form.get_by_label(re.compile("^Description")).fill("Looks after things at night.")
    form.get_by_role("group", name="Deployment").get_by_role("checkbox", name="read", exact=True).check()
    form.get_by_role("button", name="Create role").click()
    expect(toast(page)).to_have_text("Night watch created")
    expect(page).to_have_url(re.compile(ROLES + "/night-watch$"))
    page.get_by_role("link", name="Edit").click()
    form = panel(page, "Edit Night watch")
    form.get_by_label("Name", exact=True).fill("Night shift")
    form.get_by_role("button", name="Save role").click()
    expect(toast(page)).to_have_text("Night shift saved")
    page.get_by_role("link", name="Delete").click()
    question = page.get_by_role("alertdialog", name="Delete the role Night shift?")
    expect(question).to_contain_text("Nobody holds this role.")
    question.get_by_role("button", name="Delete role").click()
    expect(toast(page)).to_have_text("Night shift deleted")
    expect(row(page, "Night shift")).to_have_count(0)


@pytest.mark.answers(422)
def test_what_is_wrong_with_a_role_is_told(window, shared):
    page = window(shared)
    page.goto(ROLES + "/new")
    form = panel(page, "New role")
    form.get_by_role("button", name="Create role").click()
    summary = form.get_by_role("alert", name="There is a problem")
    expect(summary).to_be_focused()
    expect(page).to_have_title(re.compile("^Error: New role"))
    summary.get_by_role("link").first.click()
    expect(form.get_by_label("Name", exact=True)).to_be_focused()


def test_a_role_that_somebody_holds_stays(window, shared):
    page = window(shared)
    page.goto(ROLES + "/release-manager/delete")
    question = page.get_by_role("alertdialog")
    expect(question.get_by_role("alert")).to_contain_text("hold this role. Take it from them first.")
    expect(question.get_by_role("listitem").filter(has_text="Jun Sato")).to_be_visible()
    expect(question.get_by_role("button", name="Delete role")).to_have_count(0)
    question.get_by_role("link", name="Keep role").click()
    expect(page).to_have_url(re.compile(ROLES + "/release-manager$"))


@pytest.mark.answers(403)
def test_built_in_roles_do_not_change(window, shared):
    page = window(shared)
    page.goto(ROLES + "/ops")
    expect(page.locator("main").get_by_role("link", name="Edit")).to_have_count(0)
    page.goto(ROLES + "/ops/edit")
    expect(page.get_by_role("heading", level=1)).to_have_text("You may not do that")


@pytest.mark.answers(404)
def test_a_role_that_does_not_exist_is_told(window, shared):
    page = window(shared)
    page.goto(ROLES + "/no-such-role")
    expect(page.get_by_role("heading", level=1)).to_contain_text("no such role")
