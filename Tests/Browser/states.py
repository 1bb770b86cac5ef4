"""Every screen of the console in every state, each by a name: opened for what must hold in all of them."""

import re
from collections.abc import Callable
from dataclasses import dataclass

from playwright.sync_api import Page, expect

from console import KEYS, NEW_KEY, choose_resource, choose_roles, open_menu, panel
from sites import Site


@dataclass
class Screen:
    path: str
    #: Whose page it is; None for nobody's.
    role: str | None = "admin"
    #: What is done there, after the page was opened.
    act: Callable[[Page, Site], None] | None = None
    #: The status of an answer that is a refusal.
    answers: int | None = None


def key_path(site: Site, name: str, suffix: str = "") -> str:
    return f"{KEYS}/{site.key(name)['id']}{suffix}"


def _open_filter(page: Page, site: Site):
    page.get_by_role("button", name="Tag", exact=True).click()
    expect(page.get_by_role("group", name="Filter by Tag")).to_be_visible()


def _open_account_menu(page: Page, site: Site):
    page.get_by_role("button", name=re.compile("^Account: ")).click()
    expect(page.get_by_role("radiogroup", name="Theme").first).to_be_visible()


def _open_dashboards(page: Page, site: Site):
    menu = page.get_by_role("button", name="Menu", exact=True)
    if menu.is_visible():
        menu.click()
    page.get_by_role("navigation", name="Main").get_by_text("Platform settings").first.click()
    expect(page.get_by_role("link", name="Activity")).to_be_visible()


def _open_shortcuts(page: Page, site: Site):
    page.keyboard.press("?")
    expect(panel(page, "Keyboard shortcuts")).to_be_visible()


def _fill_grants(page: Page, site: Site):
    form = panel(page, "New API key")
    form.get_by_label("Name", exact=True).fill("everything-filled-in")
    choose_resource(form, 1, "Example", re.compile("^organization"))
    choose_roles(form, 1, "Admin", "Member")
    form.get_by_role("button", name="Add grant").click()
    for tag in ("team:payments", "env:production"):
        form.get_by_label("Add a tag").fill(tag)
        form.get_by_label("Add a tag").press("Enter")
    expect(form.get_by_role("region", name="This key will be able to")).to_contain_text("Do everything")


def _open_combobox(page: Page, site: Site):
    page.get_by_role("combobox", name="Resource").fill("p")
    expect(page.get_by_role("option").first).to_be_visible()
    page.keyboard.press("ArrowDown")


def _open_roles(page: Page, site: Site):
    page.get_by_role("button", name=re.compile("^Roles")).click()
    expect(page.get_by_role("group", name="Roles of grant 1")).to_be_visible()


def _send_empty(page: Page, site: Site):
    page.get_by_role("button", name="Generate API key").click()
    expect(page.get_by_role("alert", name="There is a problem")).to_be_focused()


def _ask_to_discard(page: Page, site: Site):
    page.get_by_label("Name", exact=True).fill("half-done")
    page.keyboard.press("Escape")
    expect(page.get_by_role("button", name="Keep editing")).to_be_focused()


def _wrong_pair(page: Page, site: Site):
    page.get_by_label("Email").fill("nobody@example.com")
    page.get_by_label("Password", exact=True).fill("a password of nobody")
    page.get_by_role("button", name="Sign in").click()
    expect(page.get_by_role("alert")).to_be_focused()


def _invite_empty(page: Page, site: Site):
    page.get_by_role("button", name="Invite").click()
    expect(page.get_by_role("alert", name="There is a problem")).to_be_focused()


def _open_event(page: Page, site: Site):
    page.get_by_role("table").get_by_role("rowheader").get_by_role("link").first.click()
    expect(page.get_by_role("heading", name="Before and after")).to_be_visible()


def _show_secret_dialog(page: Page, site: Site):
    """The save-once dialog, without making a key: the server's answer is made up."""
    _fill_grants(page, site)
    made_up = {"id": 1, "name": "everything-filled-in", "secret": "kw_" + "0" * 12 + "_" + "0" * 38, "hint": "kw_0"}
    page.get_by_role("button", name="Remove grant 2").click()
    page.route(f"**{KEYS}", lambda route: route.fulfill(status=201, json=made_up))
    page.get_by_role("button", name="Generate API key").click()
    expect(panel(page, "Copy your new key").get_by_label("API key")).to_have_text(made_up["secret"])


def _ask_to_copy(page: Page, site: Site):
    _show_secret_dialog(page, site)
    panel(page, "Copy your new key").get_by_text("Check that it works").click()
    page.keyboard.press("Escape")
    expect(page.get_by_role("button", name="Copy and close")).to_be_focused()


def _submit(page: Page, site: Site):
    page.locator("dialog:modal [data-submit]").click()
    expect(page.locator("[aria-invalid]").first).to_be_visible()


def _save_an_older_version(page: Page, site: Site):
    # As if somebody had changed the key since the panel was opened.
    page.get_by_label("Name", exact=True).fill("renamed-meanwhile")
    page.locator("[name=version]").evaluate("field => { field.value = 0; }")
    page.get_by_role("button", name="Update API key").click()
    expect(page.get_by_role("button", name="Save my choices")).to_be_visible()


#: Few rows: what lies over them is looked at.
FEW = "?q=terraform"

SCREENS: dict[str, Screen] = {
    "sign-in": Screen("/sign-in", None),
    "sign-in, wrong": Screen("/sign-in", None, _wrong_pair, 422),
    "link that does not work": Screen("/invitation?token=none", None, answers=404),
    "list": Screen(KEYS),
    "list, filtered": Screen(KEYS + "?tag=env%3Aproduction&role=developer&used=30d"),
    "list, no match": Screen(KEYS + "?q=no-such-key"),
    "list, beyond the end": Screen(KEYS + "?page=9"),
    "list, filter open": Screen(KEYS + FEW, act=_open_filter),
    "list, row menu open": Screen(
        KEYS + "?q=siem-export", act=lambda page, site: open_menu(page, "siem-export") and None
    ),
    "list, read only": Screen(KEYS + FEW, "secops"),
    "list, hidden": Screen(KEYS, "member", answers=403),
    "account menu": Screen(KEYS + FEW, act=_open_account_menu),
    "dashboards": Screen(KEYS + FEW, act=_open_dashboards),
    "shortcuts": Screen(KEYS + FEW, act=_open_shortcuts),
    "create": Screen(NEW_KEY + FEW),
    "create, filled in": Screen(NEW_KEY + FEW, act=_fill_grants),
    "create, resources open": Screen(NEW_KEY + FEW, act=_open_combobox),
    "create, roles open": Screen(NEW_KEY + FEW, "ops", _open_roles),
    "create, refused": Screen(NEW_KEY + FEW, act=_send_empty, answers=422),
    "create, discard?": Screen(NEW_KEY + FEW, act=_ask_to_discard),
    "save once": Screen(NEW_KEY + FEW, act=_show_secret_dialog),
    "save once, not copied": Screen(NEW_KEY + FEW, act=_ask_to_copy),
    "edit": Screen("key:release-notes-bot" + FEW),
    "view": Screen("key:siem-export" + FEW, "secops"),
    "edit, conflict": Screen("key:release-notes-bot" + FEW, act=_save_an_older_version, answers=409),
    "delete": Screen("key:siem-export/delete" + FEW),
    "delete, in use": Screen("key:gateway-payments/delete" + FEW),
    "delete, refused": Screen("key:gateway-payments/delete" + FEW, act=_submit, answers=422),
    "no such page": Screen("/settings/nothing", answers=404),
    "no such page, signed out": Screen("/nothing", None, answers=404),
    "people": Screen("/settings/people"),
    "invite": Screen("/settings/people/invite"),
    "invite, refused": Screen("/settings/people/invite", act=_invite_empty, answers=422),
    "person": Screen("/settings/people/2"),
    "person's grants": Screen("/settings/people/2/edit"),
    "deactivate": Screen("/settings/people/2/deactivate"),
    "account": Screen("/me"),
    "roles": Screen("/settings/roles"),
    "role": Screen("/settings/roles/release-manager"),
    "new role": Screen("/settings/roles/new"),
    "new role, refused": Screen("/settings/roles/new", act=_submit, answers=422),
    "edit role": Screen("/settings/roles/release-manager/edit"),
    "role, delete": Screen("/settings/roles/release-manager/delete"),
    "resources": Screen("/settings/resources"),
    "resources, found": Screen("/settings/resources?q=api"),
    "resource": Screen("/settings/resources/organization=1:account=1:namespace=1:application=1"),
    "new resource": Screen("/settings/resources/organization=1:account=1/new"),
    "rename resource": Screen("/settings/resources/organization=1:account=1/edit"),
    "resource, archive": Screen(
        "/settings/resources/organization=1:account=1:namespace=1:application=1:scope=1/archive"
    ),
    "resource, not to archive": Screen("/settings/resources/organization=1:account=1/archive"),
    "audit": Screen("/audit?per=25"),
    "audit, filtered": Screen("/audit?action=api_key.delete"),
    "audit, hidden": Screen("/audit", "ops", answers=403),
    "event": Screen("/audit?action=api_key.update", act=_open_event),
}


def open_screen(window, site: Site, watch, name: str, **options) -> Page:
    """Opens a screen in a window of its own."""
    screen = SCREENS[name]
    if screen.answers:
        watch.expect(screen.answers)
    page = window(site, screen.role, **options)
    path = screen.path
    if path.startswith("key:"):
        key, suffix = re.fullmatch(r"key:([^/?]+)(.*)", path).groups()
        path = key_path(site, key, suffix)
    page.goto(path)
    if screen.act:
        screen.act(page, site)
    return page
