"""What the pictures in docs/screenshots show; scripts/make-screenshots.py takes them."""

import re

from playwright.sync_api import Page, expect

from console import KEYS, NEW_KEY, choose_resource, choose_roles, panel
from sites import Site
from states import key_path


def _list(page: Page, site: Site):
    page.goto(KEYS)


def _create(page: Page, site: Site):
    page.goto(NEW_KEY)
    form = panel(page, "New API key")
    form.get_by_label("Name", exact=True).fill("ci-deployer")
    choose_resource(form, 1, "Payments", re.compile("^account - Payments"))
    choose_roles(form, 1, "Developer")
    for tag in ("team:payments", "env:production"):
        form.get_by_label("Add a tag").fill(tag)
        form.get_by_label("Add a tag").press("Enter")
    expect(form.get_by_role("region", name="This key will be able to")).to_contain_text("on Payments and below it")
    form.get_by_label("Name", exact=True).focus()


def _save_once(page: Page, site: Site):
    _create(page, site)
    made_up = "_".join(["kw", "NotARealKey0", "ThisValueIsMadeUpForThisPicture0000000"])
    page.route(f"**{KEYS}", lambda route: route.fulfill(
        status=201, json={"id": 1, "name": "ci-deployer", "secret": made_up, "hint": ""}
    ))
    page.get_by_role("button", name="Generate API key").click()
    expect(panel(page, "Copy your new key").get_by_label("API key")).to_have_text(made_up)


def _edit(page: Page, site: Site):
    page.goto(key_path(site, "data-warehouse-loader"))
    expect(panel(page, "data-warehouse-loader")).to_be_visible()


def _delete(page: Page, site: Site):
    page.goto(key_path(site, "deploy-risk-scoring-production", "/delete"))
    expect(page.get_by_role("alertdialog")).to_be_visible()


def _at(path: str):
    def take(page: Page, site: Site):
        page.goto(path)
        expect(page.get_by_role("heading", level=1)).to_be_visible()

    return take


#: By file name: a title, and how to get there.
PICTURES = {
    "list": ("API keys", _list),
    "create": ("A new API key", _create),
    "save-once": ("Its value, shown once", _save_once),
    "edit": ("Changing a key", _edit),
    "delete": ("Deleting a key that is in use", _delete),
    "people": ("People", _at("/settings/people")),
    "roles": ("Roles", _at("/settings/roles")),
    "role": ("One role", _at("/settings/roles/release-manager")),
    "resources": ("Resources", _at("/settings/resources?q=api")),
    "resource": ("Who can reach a resource", _at("/settings/resources/organization=1:account=1:namespace=1:application=1")),
    "audit": ("The audit trail", _at("/audit")),
}
