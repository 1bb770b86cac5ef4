"""The main way through the console in Firefox and WebKitGTK: sign in, make a key, find, change and delete it."""

import re

import pytest

from browsers import Firefox, WebKit
from sites import Demonstration

KEYS = "/settings/api-keys"

#: Gathers what a page fails at or forbids.
WATCH = """
    const { dataset } = document.documentElement;
    dataset.objections = "";
    addEventListener("error", event => dataset.objections += event.message);
    addEventListener("unhandledrejection", event => dataset.objections += event.reason);
    document.addEventListener("securitypolicyviolation", event => dataset.objections += event.violatedDirective);
"""


@pytest.fixture(scope="module")
def site(tmp_path_factory):
    site = Demonstration(tmp_path_factory.mktemp("demonstration")).copy()
    yield site
    site.discard()


@pytest.fixture(params=[Firefox, WebKit], ids=lambda browser: browser.name)
def browser(request, site):
    browser = request.param(site.url)
    yield browser
    browser.close()


def test_the_main_way(browser, site):
    name = f"made-in-{browser.name.lower()}"
    browser.open("/")
    browser.fill("Email", "admin@example.com")
    browser.fill("Password", site.passwords["admin@example.com"])
    browser.press_button("Sign in")
    browser.is_at(KEYS)
    assert browser.shows("60 keys")

    # A new key.
    browser.press_button("New API key")
    browser.is_at(KEYS + "/new")
    browser.run(WATCH)
    browser.wait("the panel", lambda: browser.run("return document.querySelector('dialog.panel').matches(':modal')"))
    browser.fill("Name", name)
    browser.fill("Resource", "payments")
    browser.find("//*[@role='option'][contains(., 'account - Payments')]").click()
    browser.find("//button[@id='role_1']").click()
    browser.find("//input[@name='role_1'][@value='developer']").click()
    browser.press("ESCAPE")
    browser.field("Add a tag").send_keys("team:payments,")
    assert browser.shows("1 of 5")
    assert browser.shows("Payments and below it")
    browser.press_button("Generate API key")

    # Its value is shown once, and Escape does not lose it.
    value = browser.find("//output[@data-secret]")
    secret = browser.wait("the key", lambda: value.text)
    assert re.fullmatch(r"kw_[0-9A-Za-z]{12}_[0-9A-Za-z]{38}", secret)
    assert browser.run("return document.activeElement.textContent.trim()") == "Copy"
    for _ in range(5):
        browser.press("ESCAPE")
    assert browser.shows("You haven't copied this key.")
    assert value.text == secret
    assert site.exchange(secret).status_code == 200
    assert browser.run("return document.documentElement.dataset.objections") == ""
    browser.press_button("Close without copying")
    browser.is_at(KEYS)
    assert secret not in browser.run("return document.documentElement.outerHTML")

    # Found while typing, and changed.
    browser.field("Name or ending of key").send_keys(name)
    assert browser.shows("1 of 61 keys matches")
    browser.press_button(f"More options for {name}")
    browser.press_button("View or edit")
    browser.wait("the panel", lambda: browser.run("return document.querySelector('dialog.panel').matches(':modal')"))
    browser.fill("Name", f"{name}-2")
    assert browser.shows(f'Rename to "{name}-2"')
    browser.press_button("Update API key")
    assert browser.shows(f"{name}-2 updated")

    # Deleted: it was used, so its name is asked for.
    browser.press_button(f"More options for {name}-2")
    browser.press_button("Delete")
    browser.fill(f"Type {name}-2", f"{name}-2")
    browser.press_button("Delete key")
    assert browser.shows(f"{name}-2 deleted")
    assert site.exchange(secret).status_code == 401

    browser.press_button("Account: admin@example.com")
    browser.press_button("Sign out")
    assert browser.shows("You are signed out.")
    print(f"\n{browser.name} {browser.version}")
