"""What people do in the console, found by role and label."""

import re

from playwright.sync_api import Locator, Page, expect

KEYS = "/settings/api-keys"
NEW_KEY = "/settings/api-keys/new"

#: The whole value of a key.
SECRET = re.compile(r"kw_[0-9A-Za-z]{12}_[0-9A-Za-z]{38}")


def sign_in(page: Page, email: str, password: str):
    page.get_by_label("Email").fill(email)
    page.get_by_label("Password", exact=True).fill(password)
    page.get_by_role("button", name="Sign in").click()


def panel(page: Page, name: str | re.Pattern) -> Locator:
    """An open panel or dialog."""
    return page.get_by_role("dialog", name=name)


def row(page: Page, name: str) -> Locator:
    """A row of the list, by the name of what it shows."""
    return page.get_by_role("row").filter(has=page.get_by_role("link", name=name, exact=True))


def key_names(page: Page) -> list[str]:
    """The names of the keys in the list, in its order."""
    return page.get_by_role("table").get_by_role("rowheader").get_by_role("link").all_inner_texts()


def results(page: Page) -> Locator:
    """The heading that says how much was found."""
    return page.locator("main").get_by_role("status").get_by_role("heading", level=2)


def open_menu(page: Page, name: str) -> Locator:
    """Opens a row's menu."""
    page.get_by_role("button", name=f"More options for {name}").click()
    return page.get_by_role("menu", name=f"More options for {name}")


def choose_resource(within: Locator, number: int, text: str, option: str | re.Pattern):
    """Searches for a resource of a grant and takes one of those found."""
    field = grant(within, number).get_by_label("Resource", exact=True)
    field.fill(text)
    within.get_by_role("option", name=option).click()
    expect(grant(within, number).get_by_label("Resource", exact=True)).to_have_attribute("aria-expanded", "false")


def choose_roles(within: Locator, number: int, *names: str):
    """Checks roles of a grant."""
    row = grant(within, number)
    row.get_by_role("button", name=re.compile("^Roles")).click()
    choices = within.get_by_role("group", name=f"Roles of grant {number}")
    for name in names:
        choices.get_by_role("checkbox", name=re.compile(rf"^{re.escape(name)}\b")).check()
    within.page.keyboard.press("Escape")
    expect(choices).to_be_hidden()


def grant(within: Locator, number: int) -> Locator:
    return within.get_by_role("group", name=f"Grant {number}", exact=True)


def fill_key(within: Locator, name: str, resource: str = "Payments", option=re.compile("^account - Payments"), role="Member"):
    """Fills the form of a new key with a name and one grant."""
    within.get_by_label("Name", exact=True).fill(name)
    choose_resource(within, 1, resource, option)
    choose_roles(within, 1, role)


def generate_key(page: Page, name: str, **grant) -> str:
    """Makes a key through the panel and returns its value; the dialog that shows it stays open."""
    page.goto(NEW_KEY)
    form = panel(page, "New API key")
    fill_key(form, name, **grant)
    form.get_by_role("button", name="Generate API key").click()
    return shown_secret(page)


def shown_secret(page: Page) -> str:
    value = panel(page, "Copy your new key").get_by_label("API key")
    expect(value).to_have_text(SECRET)
    return value.inner_text()


def banner(page: Page) -> Locator:
    """What is said between the head of a page and its content."""
    return page.locator(".banners").get_by_role("status")


def toast(page: Page) -> Locator:
    return page.locator("#toast")


def pasted(page: Page) -> str:
    """What the clipboard holds, as a person finds out."""
    other = page.context.new_page()
    other.set_content("<title>Paste</title><label>Paste <textarea></textarea></label>")
    field = other.get_by_label("Paste")
    field.focus()
    other.keyboard.press("Control+V")
    text = field.input_value()
    other.close()
    return text
