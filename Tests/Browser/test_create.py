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
