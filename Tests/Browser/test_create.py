"""The panel that makes a new key."""

import re

import pytest
from playwright.sync_api import expect

from console import (
    KEYS, NEW_KEY, SECRET, choose_resource, choose_roles, fill_key, grant, key_names, panel, results, row, shown_secret,
)


def test_from_the_button_to_a_key_that_works(window, own):
    page = window(own)
    page.goto(KEYS)
    page.get_by_role("link", name="New API key").click()
    expect(page).to_have_title("New API key · API keys")
    form = panel(page, "New API key")
    expect(form.get_by_role("heading", level=3)).to_have_text(
        ["Identification & security", "Grants", "Tags optional, up to 5", "This key will be able to"]
    )
    expect(form.get_by_label("Name", exact=True)).to_be_focused()
    fill_key(form, "ci-deployer", role="Developer")
    tag = form.get_by_label("Add a tag")
    tag.fill("team:payments")
    tag.press("Enter")
    form.get_by_role("button", name="Generate API key").click()
    secret = shown_secret(page)
    expect(page).to_have_url(re.compile(NEW_KEY + "$"))
    answer = own.exchange(secret)
    assert answer.status_code == 200
    key = own.key("ci-deployer")
    assert [(grant["nrn"], grant["role_slug"]) for grant in key["grants"]] == [("organization=1:account=1", "developer")]
    assert key["tags"] == [{"key": "team", "value": "payments"}]


def new_key_form(page, query=""):
    page.goto(NEW_KEY + query)
    return panel(page, "New API key")


def problems(form):
    """The summary of what is wrong."""
    return form.get_by_role("alert", name="There is a problem")


def generate(form):
    form.get_by_role("button", name="Generate API key").click()


# Resources and roles.


def test_the_resource_field_is_a_combobox(window, shared):
    page = window(shared)
    form = new_key_form(page)
    field = form.get_by_role("combobox", name="Resource")
    field.press_sequentially("api")
    options = form.get_by_role("option")
    expect(options).to_have_count(2)
    expect(form.get_by_role("listbox").get_by_role("group", name="application")).to_be_visible()
    expect(options.first).to_contain_text("application - Cart API")
    expect(options.first).to_contain_text("Example Organization (demonstration) › Payments › Checkout › Cart API")
    expect(field).to_have_attribute("aria-expanded", "true")
    field.press("ArrowDown")
    expect(options.first).to_have_attribute("aria-selected", "true")
    first = field.get_attribute("aria-activedescendant")
    field.press("ArrowDown")
    assert field.get_attribute("aria-activedescendant") != first
    field.press("Home")
    expect(field).to_have_attribute("aria-activedescendant", first)
    field.press("Escape")
    expect(field).to_have_attribute("aria-expanded", "false")
    expect(form).to_be_visible()
    field.press("ArrowDown")
    expect(options).to_have_count(2)
    field.press("ArrowUp")
    field.press("Enter")
    expect(field).to_have_value("application - Tracking API")
    expect(grant(form, 1)).to_contain_text("Logistics › Shipping › Tracking API")
    expect(field).to_be_focused()


def test_a_pasted_nrn_selects_its_resource(window, shared):
    page = window(shared)
    form = new_key_form(page)
    field = form.get_by_role("combobox", name="Resource")
    field.fill("organization=1:account=2")
    expect(field).to_have_value("account - Logistics")


def test_a_resource_that_does_not_exist_is_told_at_once(window, shared):
    page = window(shared)
    form = new_key_form(page)
    form.get_by_role("combobox", name="Resource").fill("atlantis")
    expect(form.get_by_role("listbox")).to_have_text('No resource matches "atlantis"')


def test_many_resources_ask_to_keep_typing(window, own):
    for number in range(60):
        own.call("POST", "/namespace", json={"account_id": 1, "name": f"Crowd {number}", "slug": f"crowd-{number}"})
    page = window(own)
    form = new_key_form(page)
    form.get_by_role("combobox", name="Resource").fill("crowd")
    expect(form.get_by_role("option")).to_have_count(50)
    expect(form.get_by_role("listbox")).to_contain_text("Keep typing to narrow")


def test_roles_that_one_does_not_hold_are_closed_with_the_reason(window, shared):
    page = window(shared, "ops")
    form = new_key_form(page)
    choose_resource(form, 1, "Payments", re.compile("^account - Payments"))
    grant(form, 1).get_by_role("button", name=re.compile("^Roles")).click()
    choices = form.get_by_role("group", name="Roles of grant 1")
    admin = choices.get_by_role("checkbox", name=re.compile("^Admin"))
    expect(admin).to_be_disabled()
    expect(admin).to_have_accessible_name(re.compile("You can't give this role"))
    expect(choices.get_by_role("checkbox", name=re.compile("^Member"))).to_be_enabled()


def test_grants_are_added_and_removed(window, shared):
    page = window(shared)
    form = new_key_form(page)
    expect(grant(form, 1).get_by_role("button", name="Remove grant 1")).to_be_hidden()
    form.get_by_role("button", name="Add grant").click()
    expect(grant(form, 2).get_by_label("Resource", exact=True)).to_be_focused()
    choose_resource(form, 2, "Logistics", re.compile("^account - Logistics"))
    choose_roles(form, 2, "Member", "Developer")
    expect(grant(form, 2).get_by_role("button", name=re.compile("^Roles"))).to_contain_text("MemberDeveloper")
    grant(form, 1).get_by_role("button", name="Remove grant 1").click()
    expect(grant(form, 2)).to_have_count(0)
    expect(grant(form, 1).get_by_label("Resource", exact=True)).to_have_value("account - Logistics")
    expect(grant(form, 1).get_by_label("Resource", exact=True)).to_be_focused()
    expect(form.get_by_role("status").filter(has_text="Grant 1 removed")).to_have_count(1)


def test_what_the_key_can_do_is_said_before_it_exists(window, shared):
    page = window(shared)
    form = new_key_form(page)
    preview = form.get_by_role("region", name="This key will be able to")
    expect(preview).to_contain_text("Choose a resource and a role to see what the key may do.")
    choose_resource(form, 1, "gateway", re.compile("^application - Payment gateway"))
    choose_roles(form, 1, "Verifier")
    expect(preview.get_by_role("listitem")).to_have_text(
        ["Ask what other credentials may do on Payment gateway and below it"]
    )
    form.get_by_role("button", name="Add grant").click()
    choose_resource(form, 2, "Example", re.compile("^organization - Example Organization"))
    choose_roles(form, 2, "Admin")
    expect(preview).to_contain_text("A grant on the organization reaches everything in Example Organization")
    expect(preview).to_contain_text("lets the key create and change other keys")
    expect(preview).to_contain_text("Do everything on Example Organization (demonstration) and below it")


# Tags.


def test_tags_are_chips(window, shared):
    page = window(shared)
    form = new_key_form(page)
    field = form.get_by_label("Add a tag")
    chips = form.get_by_role("list", name="Tags of this key").get_by_role("listitem")
    field.press_sequentially("team:payments,")
    field.press_sequentially("env:production")
    field.press("Enter")
    expect(chips).to_have_text(["team:payments", "env:production"])
    expect(form.get_by_text("2 of 5")).to_be_visible()
    field.press("Backspace")
    expect(form.get_by_role("button", name="Remove tag env:production")).to_be_focused()
    page.keyboard.press("Backspace")
    expect(chips).to_have_text(["team:payments"])
    form.get_by_role("button", name="Remove tag team:payments").click()
    expect(field).to_be_focused()
    expect(form.get_by_text("0 of 5")).to_be_visible()


def test_five_tags_are_the_most(window, shared):
    page = window(shared)
    form = new_key_form(page)
    field = form.get_by_label("Add a tag")
    for number in range(5):
        field.press_sequentially(f"key-{number}:value,")
    expect(field).to_be_disabled()
    expect(form.get_by_text("5 of 5. Remove a tag to add another")).to_be_visible()
    form.get_by_role("button", name="Remove tag key-0:value").click()
    expect(field).to_be_enabled()


@pytest.mark.parametrize(
    "typed, message", [("team", "Write tags as key:value"), ("team:other", 'The tag key "team" is used twice')]
)
def test_what_is_no_tag_is_told_at_the_field(window, shared, typed, message):
    page = window(shared)
    form = new_key_form(page)
    field = form.get_by_label("Add a tag")
    field.press_sequentially("team:payments,")
    field.fill(typed)
    field.press("Enter")
    expect(form.get_by_role("alert").filter(has_text=message)).to_be_visible()
    expect(field).to_have_attribute("aria-invalid", "true")
    expect(field).to_have_value(typed)
    expect(form.get_by_role("list", name="Tags of this key").get_by_role("listitem")).to_have_count(1)


def test_keys_of_tags_that_exist_are_suggested(window, shared):
    page = window(shared)
    form = new_key_form(page)
    assert "team:" in page.locator("#known-tags option").evaluate_all("options => options.map(option => option.value)")
    expect(form.get_by_label("Add a tag")).to_have_attribute("list", "known-tags")


# What is wrong.


@pytest.mark.answers(422)
def test_an_empty_form_says_all_that_is_missing(window, shared):
    page = window(shared)
    form = new_key_form(page)
    generate(form)
    summary = problems(form)
    expect(summary).to_be_focused()
    expect(summary.get_by_role("link")).to_have_text(
        ["Enter a name", "Choose a resource for grant 1", "Choose a role for grant 1"]
    )
    expect(page).to_have_title("Error: New API key · API keys")
    name = form.get_by_label("Name", exact=True)
    expect(name).to_have_attribute("aria-invalid", "true")
    expect(name).to_have_accessible_description(re.compile("Error: Enter a name"))
    expect(name).to_have_accessible_description(re.compile("Use a name that tells later what the key is for"))
    summary.get_by_role("link", name="Choose a resource for grant 1").click()
    expect(form.get_by_role("combobox", name="Resource")).to_be_focused()
    summary.get_by_role("link", name="Choose a role for grant 1").click()
    expect(grant(form, 1).get_by_role("button", name=re.compile("^Roles"))).to_be_focused()


@pytest.mark.answers(422)
@pytest.mark.parametrize(
    "name, message", [("x" * 81, "Name must be 80 characters or fewer"), ("   ", "Enter a name")]
)
def test_names_have_a_length(window, shared, name, message):
    page = window(shared)
    form = new_key_form(page)
    fill_key(form, name)
    generate(form)
    expect(problems(form).get_by_role("listitem")).to_have_text([message])
    field = form.get_by_label("Name", exact=True)
    expect(field).to_have_value(name)
    field.press_sequentially("y")
    expect(field).not_to_have_attribute("aria-invalid", "true")


@pytest.mark.answers(422)
def test_a_resource_that_was_only_typed_is_told_by_name(window, shared):
    page = window(shared)
    form = new_key_form(page)
    fill_key(form, "unknown-place")
    form.get_by_role("combobox", name="Resource").fill("atlantis")
    generate(form)
    expect(problems(form).get_by_role("link")).to_have_text(['No resource matches "atlantis"'])


@pytest.mark.answers(422)
def test_a_grant_that_repeats_another_is_told_by_number(window, shared):
    page = window(shared)
    form = new_key_form(page)
    fill_key(form, "twice")
    for number in (2, 3):
        form.get_by_role("button", name="Add grant").click()
        choose_resource(form, number, "Logistics" if number == 2 else "Payments", re.compile("^account - "))
        choose_roles(form, number, "Member")
    generate(form)
    expect(problems(form).get_by_role("link")).to_have_text(["Grant 3 repeats grant 1. Change or remove it"])


@pytest.mark.answers(422)
def test_nobody_gives_what_they_do_not_hold(window, shared):
    page = window(shared, "ops")
    form = new_key_form(page)
    fill_key(form, "too-much")
    # As somebody would who changes the page: the server has the last word.
    page.evaluate("""() => {
        const role = document.querySelector("input[name=role_1][value=admin]");
        role.disabled = false;
        role.checked = true;
        document.querySelector("input[name=role_1][value=member]").checked = false;
    }""")
    generate(form)
    expect(problems(form).get_by_role("link")).to_have_text(
        ["You can't grant Admin on Payments because you don't have it"]
    )
    assert shared.call("GET", "/api_key", params={"q": "too-much"})["results"] == []


@pytest.mark.answers(422)
def test_everything_typed_is_kept_when_something_is_wrong(window, shared):
    page = window(shared)
    form = new_key_form(page)
    fill_key(form, "y" * 90, role="Developer")
    form.get_by_label("Add a tag").press_sequentially("team:payments,")
    generate(form)
    expect(problems(form)).to_be_focused()
    expect(grant(form, 1).get_by_label("Resource", exact=True)).to_have_value("account - Payments")
    expect(grant(form, 1).get_by_role("button", name=re.compile("^Roles"))).to_contain_text("Developer")
    expect(form.get_by_role("list", name="Tags of this key")).to_have_text("team:payments")


def test_a_name_that_another_key_has_is_only_noted(window, own):
    page = window(own)
    form = new_key_form(page)
    form.get_by_label("Name", exact=True).fill("siem-export")
    expect(form.get_by_text("Another key has this name")).to_be_visible()
    form.get_by_label("Name", exact=True).fill("siem-export-2")
    expect(form.get_by_text("Another key has this name")).to_be_hidden()
    fill_key(form, "siem-export")
    generate(form)
    shown_secret(page)


@pytest.mark.answers(422)
def test_the_most_keys_of_an_organization_are_told(window, pristine, keep):
    page = window(keep(pristine.copy("--maximum-keys", "62")))
    form = new_key_form(page)
    fill_key(form, "one-too-many")
    generate(form)
    expect(problems(form)).to_contain_text(
        "This organization has 62 API keys, the most it can have. Delete one first."
    )


# Leaving and sending.


@pytest.mark.parametrize("way", ["Escape", "Cancel", "Close", "backdrop"])
def test_leaving_with_something_typed_asks_first(window, shared, way):
    page = window(shared)
    form = new_key_form(page, "?q=terraform")
    form.get_by_label("Name", exact=True).fill("half-done")

    def leave():
        if way == "Escape":
            page.keyboard.press("Escape")
        elif way == "backdrop":
            page.mouse.click(100, 500)
        else:
            form.get_by_role("link", name=way).click()

    leave()
    expect(form.get_by_role("alert").filter(has_text="Discard this key?")).to_be_visible()
    expect(form.get_by_role("button", name="Keep editing")).to_be_focused()
    expect(form.get_by_role("button", name="Generate API key")).to_be_hidden()
    form.get_by_role("button", name="Keep editing").click()
    expect(form.get_by_label("Name", exact=True)).to_have_value("half-done")
    leave()
    form.get_by_role("button", name="Discard").click()
    expect(page).to_have_url(re.compile(KEYS + r"\?q=terraform$"))


@pytest.mark.parametrize("way", ["Escape", "backdrop"])
def test_leaving_with_nothing_typed_closes_at_once(window, shared, way):
    page = window(shared)
    page.goto(KEYS)
    new_key_form(page)
    if way == "Escape":
        page.keyboard.press("Escape")
    else:
        page.mouse.click(100, 500)
    expect(page).to_have_url(re.compile(KEYS + "$"))


def test_control_and_enter_send_the_form(window, own):
    page = window(own)
    form = new_key_form(page)
    fill_key(form, "sent-by-keys")
    form.get_by_label("Name", exact=True).focus()
    page.keyboard.press("Control+Enter")
    shown_secret(page)


def test_a_form_is_sent_once_however_often_one_presses(window, own):
    page = window(own)
    form = new_key_form(page)
    fill_key(form, "pressed-thrice")
    button = form.get_by_role("button", name="Generate API key")
    button.evaluate("button => { for (let i = 0; i < 3; i++) button.click(); }")
    shown_secret(page)
    assert own.call("GET", "/api_key", params={"q": "pressed-thrice"})["paging"]["total"] == 1


def test_a_server_that_cannot_be_reached_loses_nothing(window, own, watch):
    page = window(own)
    form = new_key_form(page)
    fill_key(form, "patient")
    page.route("**/settings/api-keys", lambda route: route.abort())
    generate(form)
    expect(problems(form)).to_contain_text("Couldn't reach the server. Your entries are still here. Try again")
    watch.forgive("net::ERR_FAILED")
    page.unroute("**/settings/api-keys")
    generate(form)
    assert own.exchange(shown_secret(page)).status_code == 200


def test_an_address_can_fill_the_form_in(window, shared):
    page = window(shared)
    form = new_key_form(page, "?name=from-a-link&grant=organization=1:account=2=developer&with-tag=team:x")
    expect(form.get_by_label("Name", exact=True)).to_have_value("from-a-link")
    expect(grant(form, 1).get_by_label("Resource", exact=True)).to_have_value("account - Logistics")
    expect(grant(form, 1).get_by_role("button", name=re.compile("^Roles"))).to_contain_text("Developer")
    expect(form.get_by_role("list", name="Tags of this key")).to_have_text("team:x")
