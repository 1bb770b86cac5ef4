"""The tree of resources, and which keys can reach each."""

import re

import pytest
from playwright.sync_api import expect

from console import KEYS, grant, panel, pasted, results, row, toast

RESOURCES = "/settings/resources"
PAYMENTS = f"{RESOURCES}/organization=1:account=1"


def node(page, name):
    return page.locator(".node").filter(has=page.get_by_role("link", name=name, exact=True))


def test_the_tree_opens_level_by_level(window, shared):
    page = window(shared)
    page.goto(RESOURCES)
    expect(page).to_have_title("Resources · Platform settings")
    expect(node(page, "Payments")).to_be_visible()
    expect(node(page, "Payments")).to_contain_text(re.compile(r"\d+ keys"))
    below = page.get_by_label("What is below Payments", exact=True)
    if not node(page, "Checkout").is_visible():
        below.click()
    expect(node(page, "Checkout")).to_be_visible()
    below.click()
    expect(node(page, "Checkout")).to_be_hidden()
    page.get_by_role("button", name="Copy NRN of Payments", exact=True).click()
    assert pasted(page) == "organization=1:account=1"


def test_a_search_opens_the_tree_to_what_it_found(window, shared):
    page = window(shared)
    page.goto(RESOURCES)
    page.get_by_role("searchbox", name="Name or NRN").press_sequentially("tracking")
    expect(page).to_have_url(re.compile("q=tracking"))
    expect(node(page, "Tracking API")).to_be_visible()
    expect(results(page)).to_contain_text("1 resource")
    page.goto(RESOURCES + "?q=atlantis")
    expect(page.get_by_role("heading", name='No resource matches "atlantis"')).to_be_visible()
    page.get_by_role("link", name="Show all resources").click()
    expect(node(page, "Payments")).to_be_visible()


def test_a_resource_says_which_keys_reach_it_and_why(window, shared):
    page = window(shared)
    page.goto(RESOURCES + "?q=cart")
    node(page, "Cart API").get_by_role("link", name="Cart API", exact=True).click()
    expect(page.get_by_role("heading", level=1)).to_contain_text("Cart API")
    expect(page.get_by_role("list", name="Lies in").get_by_role("listitem")).to_have_text(
        ["Example Organization (demonstration)", "Payments", "Checkout"]
    )
    expect(page.locator("main")).to_contain_text(re.compile(r"\d+ keys can reach this"))
    expect(page.get_by_role("region", name="Direct grants", exact=True)).to_contain_text("ci-cart-api")
    expect(page.get_by_role("region", name="Inherited from Payments", exact=True)).to_contain_text("Admin on Payments")
    expect(page.get_by_role("region", name="Inherited from Checkout", exact=True)).to_be_visible()
    page.get_by_role("link", name="New API key for this resource").click()
    form = panel(page, "New API key")
    expect(grant(form, 1).get_by_label("Resource", exact=True)).to_have_value("application - Cart API")


def test_a_resource_is_added_renamed_and_archived(window, own):
    page = window(own)
    page.goto(PAYMENTS)
    page.get_by_role("link", name="Add namespace").click()
    form = panel(page, "New namespace in Payments")
    form.get_by_label("Name", exact=True).fill("Refunds")
    form.get_by_role("button", name="Add namespace").click()
    expect(toast(page)).to_contain_text("Refunds")
    expect(page.get_by_role("heading", level=1)).to_contain_text("Refunds")
    page.get_by_role("link", name="Rename").click()
    form = panel(page, "Rename Refunds")
    form.get_by_label("Name", exact=True).fill("Returns")
    form.get_by_role("button", name="Save").click()
    expect(toast(page)).to_have_text("Returns saved")
    page.get_by_role("link", name="Archive").click()
    question = page.get_by_role("alertdialog", name="Archive Returns?")
    expect(question).to_contain_text("This can't be undone.")
    question.get_by_role("button", name="Archive namespace").click()
    expect(toast(page)).to_contain_text("Returns")
    page.goto(RESOURCES + "?q=Returns")
    expect(page.get_by_role("heading", name='No resource matches "Returns"')).to_be_visible()


def test_a_resource_with_others_below_it_stays(window, shared):
    page = window(shared)
    page.goto(PAYMENTS + "/archive")
    question = page.get_by_role("alertdialog")
    expect(question.get_by_role("alert")).to_be_visible()
    expect(question.get_by_role("button", name="Archive account")).to_have_count(0)
    question.get_by_role("link", name="Keep account").click()
    expect(page.get_by_role("heading", level=1)).to_contain_text("Payments")


@pytest.mark.answers(422)
def test_a_resource_without_a_name_is_told(window, shared):
    page = window(shared)
    page.goto(PAYMENTS + "/new")
    form = panel(page, "New namespace in Payments")
    form.get_by_role("button", name="Add namespace").click()
    expect(form.get_by_role("alert", name="There is a problem")).to_be_focused()
    expect(form.get_by_role("alert", name="There is a problem").get_by_role("link")).to_have_text(["Enter a name"])


def test_who_only_reads_sees_the_tree_and_no_forms(window, shared):
    page = window(shared, "secops")
    page.goto(PAYMENTS)
    expect(page.get_by_text("You can look at this resource.")).to_be_visible()
    for name in ("Add namespace", "Rename", "Archive"):
        expect(page.get_by_role("link", name=name)).to_have_count(0)


@pytest.mark.answers(404)
@pytest.mark.parametrize("nrn", ["organization=1:account=99", "organization=2", "nonsense"])
def test_a_resource_that_does_not_exist_is_told(window, shared, nrn):
    page = window(shared)
    page.goto(f"{RESOURCES}/{nrn}")
    expect(page.get_by_role("heading", level=1)).to_contain_text(re.compile("no such", re.IGNORECASE))


def test_a_branch_opens_without_script(window, shared):
    page = window(shared, java_script_enabled=False)
    page.goto(RESOURCES + "?q=cart")
    expect(node(page, "Cart API")).to_be_visible()
    page.get_by_label("What is below Payments", exact=True).click()
    expect(node(page, "Cart API")).to_be_hidden()
