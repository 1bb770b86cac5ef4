"""The people of the organization: inviting, changing and ending."""

import re

import pytest
from playwright.sync_api import expect

from console import KEYS, banner, choose_resource, choose_roles, grant, panel, pasted, results, row, sign_in, toast

PEOPLE = "/settings/people"
NEW_PASSWORD = "another long password, for the tests"


def person(page, name):
    """Opens the page of a person."""
    page.goto(PEOPLE)
    page.get_by_role("link", name=name, exact=True).click()
    expect(page.get_by_role("heading", level=1)).to_contain_text(name)


def confirm(page, name):
    dialog = page.get_by_role("alertdialog")
    dialog.get_by_role("button", name=name).click()


def once_link(page, title):
    dialog = panel(page, title)
    expect(dialog).to_contain_text("This is the only time the link is shown.")
    return dialog.get_by_label("Link").inner_text()


def test_people_are_listed_with_what_they_may_do(window, shared):
    page = window(shared)
    page.goto(PEOPLE)
    expect(page).to_have_title("People · Platform settings")
    expect(results(page)).to_have_text("9 people")
    expect(row(page, "Ivo Kranjc")).to_contain_text("ops@example.com")
    expect(row(page, "Ivo Kranjc")).to_contain_text("Ops on Example Organization (demonstration)")
    expect(row(page, "Ivo Kranjc")).to_contain_text("Active")


def test_people_are_searched_and_filtered(window, shared):
    page = window(shared)
    page.goto(PEOPLE)
    page.get_by_role("searchbox", name="Name or email").press_sequentially("haddad")
    expect(results(page)).to_have_text("1 person matches")
    expect(row(page, "Salma Haddad")).to_be_visible()
    page.get_by_role("link", name='Remove filter Search "haddad"').click()
    page.get_by_role("button", name="Role", exact=True).click()
    choices = page.get_by_role("group", name="Filter by Role")
    choices.get_by_role("checkbox", name=re.compile("^Ops")).check()
    choices.get_by_role("button", name="Apply").click()
    expect(results(page)).to_have_text("1 person matches")
    page.goto(PEOPLE + "?status=inactive")
    expect(page.get_by_role("heading", name="Nobody matches these filters")).to_be_visible()


def invite(page, email, *roles):
    page.goto(PEOPLE)
    page.get_by_role("link", name="Invite").click()
    form = panel(page, "Invite a person")
    form.get_by_label("Email address").fill(email)
    if roles:
        choose_resource(form, 1, "Payments", re.compile("^account - Payments"))
        choose_roles(form, 1, *roles)
    form.get_by_role("button", name="Invite").click()


@pytest.mark.answers(404)
def test_an_invitation_is_passed_on_as_a_link_that_works_once(window, own):
    page, guest = window(own), window(own, None)
    invite(page, "new@example.com", "Ops")
    dialog = panel(page, "Copy the invitation link")
    link = once_link(page, "Copy the invitation link")
    for _ in range(5):
        page.keyboard.press("Escape")
    expect(dialog).to_be_visible()
    dialog.get_by_role("button", name="Copy and close").click()
    expect(page).to_have_url(re.compile(PEOPLE + "$"))
    assert pasted(page) == link
    assert link not in page.content()
    expect(row(page, "new@example.com")).to_contain_text("Invited")

    guest.goto(link)
    expect(guest).to_have_title("Join Example Organization (demonstration) · Keywright")
    expect(guest.locator("main")).to_contain_text("You sign in as new@example.com")
    guest.get_by_label("First name").fill("Nia")
    guest.get_by_label("Last name").fill("Novak")
    guest.get_by_label("Password", exact=True).fill(NEW_PASSWORD)
    guest.get_by_role("button", name="Join").click()
    expect(toast(guest)).to_have_text("Welcome to Example Organization (demonstration)")
    expect(guest).to_have_url(re.compile(KEYS + "$"))
    expect(guest.get_by_role("button", name="Account: Nia Novak")).to_be_visible()
    expect(guest.get_by_role("link", name="New API key")).to_be_visible()

    stranger = window(own, None)
    stranger.goto(link)
    expect(stranger.get_by_role("heading", level=1)).to_have_text("This link does not work")
    page.goto(PEOPLE)
    expect(row(page, "Nia Novak")).to_contain_text("Active")


@pytest.mark.answers(422)
@pytest.mark.parametrize(
    "email, message",
    [
        ("", "Enter an email address"),
        ("nonsense", re.compile("email|address")),
        ("ops@example.com", "There is somebody with this address already"),
    ],
)
def test_an_invitation_that_cannot_be_is_told_at_the_field(window, shared, email, message):
    page = window(shared)
    invite(page, email)
    form = panel(page, "Invite a person")
    summary = form.get_by_role("alert", name="There is a problem")
    expect(summary).to_be_focused()
    expect(summary.get_by_role("link")).to_have_text([message])
    expect(form.get_by_label("Email address")).to_have_attribute("aria-invalid", "true")
    expect(form.get_by_label("Email address")).to_have_value(email)


@pytest.mark.answers(422)
def test_an_invitation_asks_for_a_long_password(window, own):
    page, guest = window(own), window(own, None)
    invite(page, "new@example.com")
    guest.goto(once_link(page, "Copy the invitation link"))
    guest.get_by_label("First name").fill("Nia")
    guest.get_by_label("Password", exact=True).fill("short")
    guest.get_by_role("button", name="Join").click()
    expect(guest.get_by_role("alert", name="There is a problem")).to_be_focused()
    expect(guest.get_by_role("alert", name="There is a problem")).to_contain_text("Use at least 15 characters.")
    expect(guest.get_by_label("First name")).to_have_value("Nia")
    panel(page, "Copy the invitation link").get_by_role("button", name="Copy", exact=True).click()


@pytest.mark.answers(422)
def test_a_reset_link_ends_the_old_password(window, own):
    page, guest = window(own), window(own, None)
    person(page, "Ivo Kranjc")
    page.get_by_role("link", name="Password reset link").click()
    expect(page.get_by_role("alertdialog")).to_contain_text("The password they have now stops working at once")
    confirm(page, "Make link")
    link = once_link(page, "Copy the password reset link")
    panel(page, "Copy the password reset link").get_by_role("button", name="Copy", exact=True).click()
    guest.goto("/sign-in")
    sign_in(guest, "ops@example.com", own.passwords["ops@example.com"])
    expect(guest.get_by_role("alert")).to_contain_text("don't match")
    guest.goto(link)
    expect(guest.get_by_role("heading", level=1)).to_have_text("Choose a new password")
    guest.get_by_label("Password", exact=True).fill(NEW_PASSWORD)
    guest.get_by_role("button", name="Save password").click()
    expect(toast(guest)).to_have_text("Your password is changed, and you are signed in")
    other = window(own, None)
    other.goto("/sign-in")
    sign_in(other, "ops@example.com", NEW_PASSWORD)
    expect(other).to_have_url(re.compile(KEYS + "$"))


def test_ending_sessions_signs_somebody_out(window, own):
    page, ivo = window(own), window(own, "ops")
    ivo.goto(KEYS)
    person(page, "Ivo Kranjc")
    expect(page.get_by_role("region", name="About")).to_contain_text("1 session")
    page.get_by_role("link", name="End sessions").click()
    confirm(page, "End sessions")
    expect(toast(page)).to_have_text("1 session of Ivo Kranjc ended")
    ivo.goto(KEYS)
    expect(ivo).to_have_title("Sign in · Keywright")


@pytest.mark.answers(422)
def test_somebody_deactivated_is_out_and_their_keys_are_named(window, own):
    page, ivo, later = window(own), window(own, "ops"), window(own, None)
    ivo.goto(KEYS)
    person(page, "Ivo Kranjc")
    page.get_by_role("link", name="Deactivate").click()
    question = page.get_by_role("alertdialog", name="Deactivate Ivo Kranjc?")
    expect(question).to_contain_text("keep working")
    expect(question.get_by_role("list", name="What this concerns").get_by_role("listitem")).to_have_count(20)
    expect(question.get_by_role("link", name="Cancel")).to_be_focused()
    question.get_by_role("button", name="Deactivate").click()
    expect(toast(page)).to_have_text("Ivo Kranjc deactivated")
    expect(page.get_by_role("heading", level=1)).to_contain_text("Inactive")
    ivo.goto(KEYS)
    expect(ivo).to_have_title("Sign in · Keywright")
    later.goto("/sign-in")
    sign_in(later, "ops@example.com", own.passwords["ops@example.com"])
    expect(later.get_by_role("alert")).to_contain_text("don't match")
    page.get_by_role("link", name="Activate").click()
    confirm(page, "Activate")
    expect(toast(page)).to_have_text("Ivo Kranjc activated")
    sign_in(later, "ops@example.com", own.passwords["ops@example.com"])
    expect(later).to_have_url(re.compile(KEYS + "$"))


def test_the_last_administrator_stays(window, own):
    page = window(own)
    person(page, "admin@example.com")
    page.get_by_role("link", name="Deactivate").click()
    question = page.get_by_role("alertdialog")
    expect(question.get_by_role("alert")).to_contain_text("Make somebody else administrator first.")
    expect(question.get_by_role("button", name="Deactivate")).to_have_count(0)


def test_grants_of_somebody_change_what_they_see(window, own):
    page, mika = window(own), window(own, "member")
    person(page, "Mika Virtanen")
    page.get_by_role("link", name="Change").click()
    form = panel(page, "Grants of Mika Virtanen")
    form.get_by_role("button", name="Add grant").click()
    choose_resource(form, 2, "Payments", re.compile("^account - Payments"))
    choose_roles(form, 2, "SecOps")
    form.get_by_role("button", name="Save grants").click()
    expect(toast(page)).to_have_text("Grants of Mika Virtanen changed")
    expect(page.get_by_role("region", name="Grants")).to_contain_text("SecOps on Payments")
    mika.goto(KEYS)
    expect(mika.get_by_role("heading", level=1)).to_have_text("API keys")
    page.get_by_role("link", name="Change").click()
    form = panel(page, "Grants of Mika Virtanen")
    grant(form, 2).get_by_role("button", name="Remove grant 2").click()
    form.get_by_role("button", name="Save grants").click()
    expect(page.get_by_role("region", name="Grants")).not_to_contain_text("SecOps")


def test_the_keys_of_somebody_are_a_list_away(window, shared):
    page = window(shared)
    person(page, "Ivo Kranjc")
    card = page.get_by_role("region", name="Keys they created", exact=True)
    expect(card.get_by_role("rowheader")).to_have_count(5)
    card.get_by_role("link", name="All 26 keys").click()
    expect(page.get_by_role("list", name="Active filters")).to_contain_text("Created by Ivo Kranjc")
    expect(results(page)).to_have_text("26 of 60 keys match")
    expect(page.get_by_role("table").get_by_text("by Ivo Kranjc")).to_have_count(25)


@pytest.mark.answers(404)
def test_a_spoiled_invitation_says_no_more_than_that(window, shared):
    page = window(shared, None)
    for token in ("", "nonsense", "A" * 43):
        answer = page.goto(f"/invitation?token={token}")
        assert answer.headers["referrer-policy"] == "no-referrer"
        expect(page.get_by_role("heading", level=1)).to_have_text("This link does not work")
        expect(page.get_by_role("link", name="Sign in")).to_be_visible()
    expect(banner(page)).to_have_count(0)
