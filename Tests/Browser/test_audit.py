"""The audit trail: filters, pages, one event, and its export."""

import csv
import io
import re

import pytest
from playwright.sync_api import expect

from console import KEYS, panel, row, toast

AUDIT = "/audit"


def events(page):
    """What was done, newest first."""
    return page.get_by_role("table").get_by_role("rowheader")


def test_activity_leads_to_the_trail(window, shared):
    page = window(shared)
    page.goto(KEYS)
    page.get_by_role("navigation", name="Main").get_by_text("Platform settings").first.click()
    page.get_by_role("link", name="Activity").click()
    expect(page).to_have_title("Audit trail · Activity")
    expect(page.get_by_role("heading", level=1)).to_have_text("Audit trail")
    expect(page.get_by_role("navigation", name="Main").get_by_role("link", name="Audit trail")).to_have_attribute(
        "aria-current", "page"
    )
    table = page.get_by_role("table", name="Events, newest first")
    expect(table.get_by_role("columnheader")).to_have_text(
        ["Time (Europe/Berlin)", "Actor", "Action", "Target", "Address"]
    )
    expect(table.locator("time").first).to_have_attribute("title", re.compile("UTC$"))


def test_what_one_does_is_on_the_trail_with_before_and_after(window, own):
    page = window(own)
    page.goto(f"{KEYS}/{own.key('siem-export')['id']}")
    form = panel(page, "siem-export")
    form.get_by_label("Name", exact=True).fill("siem-export-2")
    form.get_by_role("button", name="Update API key").click()
    expect(toast(page)).to_have_text("siem-export-2 updated")
    page.goto(AUDIT)
    newest = page.get_by_role("row").nth(1)
    expect(newest).to_contain_text("admin@example.com")
    expect(newest).to_contain_text("renamed API key")
    expect(newest).to_contain_text("127.0.0.1")
    newest.get_by_role("link", name=re.compile("^renamed API key")).click()
    changes = page.get_by_role("region", name="Before and after").get_by_role("row").filter(has_text=re.compile("name", re.IGNORECASE))
    expect(changes.first).to_contain_text("siem-export")
    expect(changes.first).to_contain_text("siem-export-2")
    assert not re.search(r"kw_[0-9A-Za-z]{12}_[0-9A-Za-z]{38}", page.content())
    page.get_by_role("link", name="Back to the trail").click()
    expect(page).to_have_url(re.compile(AUDIT + r"(\?.*)?$"))


def test_the_trail_of_one_key_is_a_link_away(window, shared):
    page = window(shared)
    key = shared.key("gateway-payments")["id"]
    page.goto(f"{KEYS}/{key}")
    panel(page, "gateway-payments").get_by_role("link", name="See this key's activity").click()
    expect(page.get_by_role("list", name="Active filters")).to_contain_text("Target gateway-payments")
    expect(events(page)).to_have_count(1)
    expect(events(page).first).to_contain_text("created API key")
    page.get_by_role("row").nth(1).get_by_role("link", name="gateway-payments", exact=True).click()
    expect(panel(page, "gateway-payments")).to_be_visible()


def test_actions_are_filtered_by(window, shared):
    page = window(shared)
    page.goto(AUDIT)
    page.get_by_role("button", name="Action", exact=True).click()
    choices = page.get_by_role("group", name="Filter by Action")
    choices.get_by_role("checkbox", name="Deleted API key").check()
    choices.get_by_role("button", name="Apply").click()
    expect(events(page)).to_have_count(1)
    expect(page.get_by_role("row").nth(1)).to_contain_text("lost-laptop")
    expect(page.locator("del")).to_have_text("lost-laptop")
    expect(page.get_by_text("End of the trail")).to_be_visible()
    page.get_by_role("list", name="Active filters").get_by_role("link").click()
    expect(page).to_have_url(re.compile(AUDIT + "$"))


def test_actors_and_days_are_filtered_by(window, shared):
    page = window(shared)
    page.goto(AUDIT)
    page.get_by_role("button", name="Actor", exact=True).click()
    choices = page.get_by_role("group", name="Filter by Actor")
    choices.get_by_label(re.compile("^Ivo Kranjc")).check()
    choices.get_by_role("button", name="Apply").click()
    expect(page.get_by_role("list", name="Active filters")).to_contain_text("Actor Ivo Kranjc")
    for line in page.get_by_role("row").all()[1:4]:
        expect(line).to_contain_text("Ivo Kranjc")
    expect(page.get_by_role("textbox", name="From")).to_have_accessible_description("days in Europe/Berlin")
    page.get_by_role("textbox", name="From").fill("2000-01-01")
    page.get_by_role("textbox", name="to", exact=True).fill("2000-01-31")
    page.locator("main").get_by_role("button", name="Apply").last.click()
    expect(page.get_by_role("heading", name="No event matches these filters")).to_be_visible()
    active = page.get_by_role("list", name="Active filters")
    expect(active).to_contain_text("From 1 Jan 2000 (UTC+01:00)")
    # Summer time ends on that day.
    page.get_by_role("textbox", name="From").fill("2000-10-29")
    page.get_by_role("textbox", name="to", exact=True).fill("2000-10-29")
    page.locator("main").get_by_role("button", name="Apply").last.click()
    expect(active).to_contain_text("From 29 Oct 2000 (UTC+02:00)")
    expect(active).to_contain_text("Until 29 Oct 2000 (UTC+01:00)")
    expect(page.get_by_role("textbox", name="From")).to_have_value("2000-10-29")
    page.get_by_role("link", name="Clear all filters").click()
    expect(page).to_have_url(re.compile(AUDIT + "$"))


def test_the_trail_is_read_page_by_page_to_its_end(window, shared):
    page = window(shared)
    page.goto(AUDIT + "?per=25")
    pages = page.get_by_role("navigation", name="Pages")
    seen = []
    for _ in range(20):
        seen += page.get_by_role("table").get_by_role("rowheader").get_by_role("link").evaluate_all(
            "links => links.map(link => link.getAttribute('href').split('?')[0])"
        )
        older = pages.get_by_role("link", name="Older")
        if not older.count():
            break
        older.click()
        expect(pages.get_by_role("link", name="Newer")).to_be_visible()
    expect(page.get_by_text("End of the trail")).to_be_visible()
    numbers = [int(path.rsplit("/", 1)[1]) for path in seen]
    assert len(numbers) == len(set(numbers)) > 100
    assert numbers == sorted(numbers, reverse=True)


def test_new_events_are_told_and_do_not_move_the_page(window, own):
    page = window(own)
    page.clock.install()
    page.goto(AUDIT)
    first = events(page).first.inner_text()
    own.create_key("made-meanwhile")
    page.clock.run_for(31_000)
    told = page.get_by_role("status").filter(has_text="1 new event.")
    expect(told).to_be_visible()
    assert events(page).first.inner_text() == first
    told.get_by_role("link", name="Show them").click()
    expect(page.get_by_role("row").nth(1)).to_contain_text("made-meanwhile")


def test_the_export_is_the_filtered_trail_and_safe_in_a_spreadsheet(window, own):
    own.create_key("=1+1")
    page = window(own)
    page.goto(AUDIT + "?action=api_key.create")
    with page.expect_download() as download:
        page.get_by_role("link", name="Export CSV").click()
    lines = list(csv.DictReader(io.StringIO(download.value.path().read_text())))
    assert {line["action"] for line in lines} == {"api_key.create"}
    assert len(lines) > 60
    cells = [cell for line in lines for cell in line.values()]
    assert any("=1+1" in cell for cell in cells)
    assert not any(cell.startswith(("=", "+", "-", "@", "\t")) for cell in cells)
    assert not any(re.search(r"kw_[0-9A-Za-z]{12}_[0-9A-Za-z]{38}", cell) for cell in cells)


@pytest.mark.answers(403)
def test_a_refusal_is_on_the_trail(window, own):
    page, other = window(own), window(own, "secops")
    other.goto(f"{KEYS}/{own.key('siem-export')['id']}")
    # As somebody would who makes the form up.
    other.evaluate("""path => {
        const form = document.body.appendChild(document.createElement("form"));
        form.method = "post";
        form.action = path;
        const token = form.appendChild(document.createElement("input"));
        token.name = "csrf";
        token.value = document.body.dataset.csrf;
        form.submit();
    }""", f"{KEYS}/{own.key('siem-export')['id']}/delete")
    expect(other.get_by_role("heading", level=1)).to_have_text("You may not do that")
    page.goto(AUDIT + "?refused=true")
    expect(page.get_by_role("row").nth(1)).to_contain_text("tried to delete API key")
    expect(page.get_by_role("row").nth(1)).to_contain_text("Salma Haddad")
    expect(page.get_by_role("row").nth(1)).to_contain_text("Refused")


@pytest.mark.answers(403)
def test_the_trail_is_hidden_from_who_may_not_read_it(window, shared):
    page = window(shared, "ops")
    page.goto(AUDIT)
    expect(page.get_by_role("heading", level=1)).to_have_text("You can't see the audit trail")
