"""Pages that say what went wrong, and help."""

import re

import pytest
from playwright.sync_api import expect

from console import KEYS, NEW_KEY, pasted, results


@pytest.mark.answers(500)
def test_a_failure_of_the_server_is_told_with_the_request(window, own):
    page = window(own)
    page.goto(KEYS)
    own.change_database("ALTER TABLE form_drafts RENAME TO lost")
    answer = page.goto(NEW_KEY + "?draft=0B8A5E1C-1C1D-4C59-8A4E-111111111111")
    main = page.locator("main")
    expect(page.get_by_role("heading", level=1)).to_have_text("Something went wrong on our side")
    expect(main).to_contain_text("If it happens again, tell whoever runs the server: its log says more under the number below.")
    expect(main).not_to_contain_text(re.compile("form_drafts|SQLite|no such table"))
    request = main.locator("code").inner_text()
    assert request in own.log
    page.get_by_role("button", name="Copy request id").click()
    expect(page.locator("#toast")).to_have_text("Copied")
    assert pasted(page) == request
    assert answer.headers["cache-control"] == "no-store"
    page.get_by_role("link", name="Go to API keys").click()
    expect(results(page)).to_have_text("60 keys")


@pytest.mark.answers(400)
def test_an_address_that_cannot_be_read_is_told(window, shared):
    page = window(shared)
    page.goto(KEYS + "?q=%zz")
    expect(page.get_by_role("heading", level=1)).to_have_text("This address cannot be read")


@pytest.mark.answers(404)
@pytest.mark.parametrize("path", ["/nothing", "/settings", "/settings/api-keys/1/2/3", "/me/password/x"])
def test_a_mistyped_address_is_a_page_for_nobody_too(window, shared, path):
    page = window(shared, None)
    page.goto(path)
    expect(page.get_by_role("heading", level=1)).to_have_text("There is no such page")
    expect(page).to_have_title("There is no such page · Keywright")


@pytest.mark.answers(403)
def test_a_page_older_than_its_session_is_told(window, shared):
    page = window(shared, session=shared.sign_in("admin"))
    page.goto("/me")
    value = shared.sign_in("admin")
    page.context.add_cookies([{"name": "keywright", "value": value, "url": shared.url, "httpOnly": True, "sameSite": "Strict"}])
    page.get_by_role("button", name="Change password").click()
    expect(page.get_by_role("heading", level=1)).to_have_text("This form came from elsewhere")
    expect(page.locator("main")).to_contain_text("the page is older than your session. Nothing was changed.")


def test_the_help_link_is_always_at_the_same_place(window, shared):
    page = window(shared)
    places = []
    for path in (KEYS, NEW_KEY, "/settings/people", "/me"):
        page.goto(path)
        link = page.locator("header").get_by_role("link", name="API reference", include_hidden=True)
        expect(link).to_have_attribute("href", "/openapi.json")
        places.append(link.bounding_box())
    assert all(place == places[0] for place in places)
