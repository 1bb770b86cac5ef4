"""The list of API keys: search, filters, order and pages. Every state is an address."""

import re

import pytest
from playwright.sync_api import expect

from console import KEYS, key_names, open_menu, panel, results, row


def test_the_list_opens_with_the_newest_keys(window, shared):
    page = window(shared)
    page.goto("/")
    expect(page).to_have_url(re.compile(KEYS + "$"))
    expect(page).to_have_title("API keys · Platform settings")
    expect(page.get_by_role("heading", level=1)).to_have_text("API keys")
    expect(page.get_by_text("Administrators and Ops can manage keys.")).to_be_visible()
    expect(results(page)).to_have_text("60 keys")
    table = page.get_by_role("table", name="Active API keys, newest first")
    expect(table.get_by_role("columnheader")).to_have_text(["Name", "Access", "Tags", "Last used", "Created", "Options"])
    expect(table.get_by_role("rowheader")).to_have_count(25)
    expect(table.get_by_role("columnheader", name="Created")).to_have_attribute("aria-sort", "descending")
    assert key_names(page)[:2] == ["metrics-checkout", "developer-portal"]
    first = row(page, "metrics-checkout")
    expect(first).to_contain_text("Insights viewer on Checkout")
    expect(first.get_by_role("rowheader")).to_contain_text(re.compile(r"kw_[0-9A-Za-z]{12}_…[0-9A-Za-z]{4}"))
    expect(page.get_by_role("navigation", name="Main").get_by_role("link", name="API keys")).to_have_attribute(
        "aria-current", "page"
    )


def test_search_follows_typing_and_keeps_the_focus(window, shared):
    page = window(shared)
    page.goto(KEYS)
    field = page.get_by_role("searchbox", name="Name or ending of key")
    field.press_sequentially("terraform")
    expect(results(page)).to_have_text("3 of 60 keys match")
    expect(page).to_have_url(re.compile(r"q=terraform"))
    assert sorted(key_names(page)) == ["terraform-logistics", "terraform-organization", "terraform-payments"]
    expect(field).to_be_focused()
    page.keyboard.type("-p")
    expect(results(page)).to_have_text("1 of 60 keys matches")
    expect(field).to_have_value("terraform-p")
    page.go_back()
    expect(page).not_to_have_url(re.compile("terraform"))


def test_search_finds_a_key_by_its_last_four(window, shared):
    page = window(shared)
    page.goto(KEYS)
    ending = row(page, "terraform-payments").get_by_role("rowheader").inner_text()[-4:]
    page.get_by_role("searchbox").fill(ending)
    page.keyboard.press("Enter")
    expect(row(page, "terraform-payments")).to_be_visible()
    expect(page).to_have_url(re.compile(f"q={ending}"))


def test_a_whole_key_is_not_searched_for(window, shared):
    page = window(shared)
    page.goto(KEYS)
    asked = []
    page.on("request", lambda request: asked.append(request.url))
    field = page.get_by_role("searchbox")
    field.fill(shared.admin_key)
    expect(page.get_by_role("alert")).to_have_text(
        "That looks like a whole key. Search by its last four characters instead."
    )
    expect(field).to_have_value("")
    page.keyboard.press("Enter")
    assert not any(shared.admin_key in url for url in asked)


def test_tags_are_filtered_by(window, shared):
    page = window(shared)
    page.goto(KEYS)
    page.get_by_role("button", name="Tag", exact=True).click()
    choices = page.get_by_role("group", name="Filter by Tag")
    choices.get_by_label("Find in Tag").fill("payments")
    expect(choices.get_by_role("checkbox", name="team:shipping")).to_be_hidden()
    choices.get_by_label("Find in Tag").fill("team:ship")
    expect(choices.get_by_role("checkbox")).to_have_count(1)
    expect(choices).to_contain_text("team:shipping")
    choices.get_by_role("checkbox", name="team:shipping").check()
    choices.get_by_role("button", name="Apply").click()
    expect(results(page)).to_have_text(re.compile(r"^\d+ of 60 keys match$"))
    shown = page.get_by_role("list", name="Active filters")
    expect(shown.get_by_role("listitem")).to_have_text("Tag team:shipping")
    for name in key_names(page):
        expect(row(page, name)).to_contain_text("team:shipping")
    expect(page.get_by_role("button", name="Tag 1 on")).to_be_visible()
    shown.get_by_role("link", name="Remove filter Tag team:shipping").click()
    expect(results(page)).to_have_text("60 keys")


def test_a_tag_of_a_row_leads_to_all_keys_with_it(window, shared):
    page = window(shared)
    page.goto(KEYS + "?q=siem")
    row(page, "siem-export").get_by_role("link", name="team:security").click()
    expect(page).to_have_url(re.compile(r"tag=team(:|%3A)security"))
    page.get_by_role("link", name="Remove filter Search \"siem\"").click()
    expect(results(page)).to_have_text("2 of 60 keys match")
    assert sorted(key_names(page)) == ["compliance-report", "siem-export"]


def test_roles_are_filtered_by(window, shared):
    page = window(shared)
    page.goto(KEYS)
    page.get_by_role("button", name="Role", exact=True).click()
    choices = page.get_by_role("group", name="Filter by Role")
    expect(choices.get_by_role("checkbox", name="Verifier")).to_have_accessible_name(re.compile(r"Verifier.*verifier.*4"))
    choices.get_by_role("checkbox", name="Verifier").check()
    choices.get_by_role("checkbox", name="SecOps").check()
    choices.get_by_role("button", name="Apply").click()
    expect(results(page)).to_have_text("5 of 60 keys match")
    expect(page.get_by_role("list", name="Active filters").get_by_role("listitem")).to_have_count(2)
    page.get_by_role("link", name="Clear all").click()
    expect(page).to_have_url(re.compile(KEYS + "$"))


def test_a_resource_is_filtered_by_alone_or_with_what_is_below(window, shared):
    page = window(shared)
    page.goto(KEYS)

    def filter_by_resource(*labels):
        page.get_by_role("button", name=re.compile("^Resource")).click()
        choices = page.get_by_role("group", name="Filter by Resource")
        for label in labels:
            choices.get_by_label(label).check()
        choices.get_by_role("button", name="Apply").click()

    filter_by_resource(re.compile("^account - Logistics"))
    expect(page.get_by_role("list", name="Active filters")).to_have_text(re.compile("Resource Logistics"))
    alone = int(results(page).inner_text().split()[0])
    filter_by_resource("And everything below it")
    expect(page.get_by_role("list", name="Active filters")).to_have_text(re.compile("Resource Logistics and below"))
    expect(results(page)).not_to_have_text(re.compile(f"^{alone} "))
    assert int(results(page).inner_text().split()[0]) > alone > 0
    for name in key_names(page)[:3]:
        expect(row(page, name)).to_be_visible()


@pytest.mark.parametrize(
    "choice, chip", [("Never used", "Never used"), ("Used in the last 24 hours", "Used in the last 24 hours")]
)
def test_last_use_is_filtered_by(window, shared, choice, chip):
    page = window(shared)
    page.goto(KEYS)
    page.get_by_role("button", name="Last used", exact=True).first.click()
    choices = page.get_by_role("group", name="Filter by Last used")
    choices.get_by_role("radio", name=choice).check()
    choices.get_by_role("button", name="Apply").click()
    expect(page.get_by_role("list", name="Active filters").get_by_role("listitem")).to_have_text(chip)
    shown = page.get_by_role("table").locator('td[data-l="Last used"]').all_inner_texts()
    assert shown
    wanted = "^Never used$" if choice == "Never used" else r"^(just now|(1|\d+) (minute|hour)s? ago)$"
    assert all(re.match(wanted, text) for text in shown), shown


def test_columns_sort_both_ways(window, shared):
    page = window(shared)
    page.goto(KEYS)
    header = page.get_by_role("columnheader", name="Name")
    header.get_by_role("button").click()
    expect(header).to_have_attribute("aria-sort", "ascending")
    expect(page.get_by_role("table")).to_have_accessible_name("Active API keys, by name, A to Z")
    expect(page.get_by_role("rowheader").first).to_contain_text("agent-checkout")
    header.get_by_role("button").click()
    expect(header).to_have_attribute("aria-sort", "descending")
    expect(page.get_by_role("rowheader").first).to_contain_text("配送ラベル印刷")
    used = page.get_by_role("columnheader", name="Last used")
    used.get_by_role("button").click()
    expect(used).to_have_attribute("aria-sort", "descending")
    expect(header).not_to_have_attribute("aria-sort", re.compile(".*"))
    expect(page.get_by_role("table").locator('td[data-l="Last used"]').first).to_have_text(re.compile("just now|minutes? ago"))


def test_pages_follow_each_other(window, shared):
    page = window(shared)
    page.goto(KEYS)
    pages = page.get_by_role("navigation", name="Pages")
    expect(pages).to_contain_text("1–25 of 60")
    expect(pages.get_by_role("link", name="Previous")).to_have_count(0)
    expect(pages.get_by_text("Previous")).to_have_attribute("aria-disabled", "true")
    seen = set(key_names(page))
    expect(pages.get_by_role("link", name="Next")).to_have_attribute("rel", "next")
    pages.get_by_role("link", name="Next").click()
    expect(pages).to_contain_text("26–50 of 60")
    seen |= set(key_names(page))
    pages.get_by_role("link", name="Next").click()
    expect(pages).to_contain_text("51–60 of 60")
    seen |= set(key_names(page))
    assert len(seen) == 60
    expect(pages.get_by_role("link", name="Next")).to_have_count(0)
    pages.get_by_role("link", name="100 per page").click()
    expect(pages).to_contain_text("1–60 of 60")
    assert set(key_names(page)) == seen


def test_a_page_beyond_the_end_leads_to_the_last(window, shared):
    page = window(shared)
    page.goto(KEYS + "?page=9")
    expect(page.get_by_text("There is no page 9.")).to_be_visible()
    page.get_by_role("link", name="Go to the last page (3).").click()
    expect(page.get_by_role("navigation", name="Pages")).to_contain_text("51–60 of 60")


def test_filters_that_match_nothing_can_be_cleared(window, shared):
    page = window(shared)
    page.goto(KEYS + "?q=no-such-key-anywhere&role=ops")
    expect(results(page)).to_have_text("0 of 60 keys match")
    expect(page.get_by_role("heading", name="No key matches these filters")).to_be_visible()
    expect(page.get_by_role("columnheader", name="Name")).to_be_visible()
    expect(page.get_by_role("list", name="Active filters").get_by_role("listitem")).to_have_count(2)
    page.get_by_role("link", name="Clear all filters").click()
    expect(results(page)).to_have_text("60 keys")


def test_an_organization_without_keys_is_led_to_its_first(window, empty):
    page = window(empty)
    page.goto(KEYS)
    expect(page.get_by_role("heading", name="No API keys yet")).to_be_visible()
    expect(page.get_by_text("Create a key to let a script or service call the platform.")).to_be_visible()
    expect(page.get_by_role("search")).to_have_count(0)
    expect(page.get_by_role("link", name="Read the API reference")).to_have_attribute("href", "/openapi.json")
    page.locator("main").get_by_role("link", name="New API key").last.click()
    expect(panel(page, "New API key")).to_be_visible()


def test_all_access_of_a_key_is_a_click_away(window, shared):
    page = window(shared)
    page.goto(KEYS + "?q=mobile-build-farm")
    key = row(page, "mobile-build-farm")
    expect(key).to_contain_text("CI machine on")
    more = key.get_by_role("button", name="+1 more: all access of mobile-build-farm")
    more.click()
    shown = page.locator(":popover-open")
    expect(shown.get_by_role("listitem")).to_have_count(3)
    expect(shown).to_contain_text("Example Organization (demonstration) › Logistics › Shipping › Tracking API")
    for item in shown.get_by_role("listitem").all():
        access, place = item.inner_text().splitlines()
        assert access.startswith("CI machine on ") and place.endswith(access.removeprefix("CI machine on "))
    page.keyboard.press("Escape")
    expect(shown).to_have_count(0)


def test_states_of_keys_are_told_in_words(window, shared):
    page = window(shared)
    page.goto(KEYS + "?q=legacy")
    expect(row(page, "legacy-jenkins").get_by_text("Disabled")).to_be_visible()
    page.goto(KEYS + "?q=load-test")
    expect(row(page, "load-test").get_by_role("rowheader")).to_contain_text("Expires in 1 day")


def test_times_are_relative_with_the_moment_beside_them(window, shared):
    page = window(shared)
    page.goto(KEYS + "?used=1d")
    time = page.get_by_role("table").locator('td[data-l="Last used"] time').first
    expect(time).to_have_text(re.compile(r"(minute|hour)s? ago$"))
    expect(time).to_have_attribute("datetime", re.compile(r"^\d{4}-\d\d-\d\dT\d\d:\d\d:\d\dZ$"))
    expect(time).to_have_attribute("title", re.compile(r"^\d{1,2} [A-Z][a-z]+ \d{4}, \d\d:\d\d UTC$"))


def test_the_menu_of_a_row_is_a_menu_to_keys_and_screen_readers(window, shared):
    page = window(shared)
    page.goto(KEYS + "?q=siem-export")
    opener = page.get_by_role("button", name="More options for siem-export")
    menu = open_menu(page, "siem-export")
    items = menu.get_by_role("menuitem")
    expect(items).to_have_text([re.compile("View or edit"), re.compile("Delete")])
    expect(items.first).to_be_focused()
    page.keyboard.press("ArrowDown")
    expect(items.last).to_be_focused()
    page.keyboard.press("ArrowDown")
    expect(items.first).to_be_focused()
    page.keyboard.press("End")
    expect(items.last).to_be_focused()
    page.keyboard.press("v")
    expect(items.first).to_be_focused()
    page.keyboard.press("Escape")
    expect(menu).to_be_hidden()
    expect(opener).to_be_focused()
    opener.press("ArrowDown")
    expect(items.first).to_be_focused()
    page.keyboard.press("Enter")
    expect(panel(page, "siem-export")).to_be_visible()


def test_a_panel_keeps_the_state_of_the_list_and_back_closes_it(window, shared):
    page = window(shared)
    page.goto(KEYS + "?q=deploy&sort=name%3Aasc")
    names = key_names(page)
    page.get_by_role("link", name=names[0], exact=True).click()
    expect(panel(page, names[0])).to_be_visible()
    expect(page).to_have_url(re.compile(r"/api-keys/\d+\?q=deploy&sort=name%3Aasc"))
    page.go_back()
    expect(page).to_have_url(re.compile(r"/api-keys\?q=deploy&sort=name%3Aasc$"))
    page.get_by_role("link", name="New API key").click()
    expect(page).to_have_url(re.compile(r"/api-keys/new\?q=deploy&sort=name%3Aasc"))
    page.keyboard.press("Escape")
    expect(page).to_have_url(re.compile(r"/api-keys\?q=deploy&sort=name%3Aasc$"))
    assert key_names(page) == names


def test_the_dashboards_are_offered_in_one_drop_down(window, shared):
    page = window(shared)
    page.goto(KEYS)
    main = page.get_by_role("navigation", name="Main")
    main.get_by_text("Platform settings").first.click()
    links = main.get_by_role("group").get_by_role("link")
    expect(links).to_have_text([re.compile("Platform settings"), re.compile("Activity")])
    expect(links.first).to_have_attribute("aria-current", "true")
    expect(links.last).to_have_attribute("href", "/audit")
    page.keyboard.press("Escape")
    expect(links.last).to_be_hidden()
    expect(main.get_by_role("listitem").filter(has=page.get_by_role("link"))).to_contain_text(
        ["API keys", "Roles", "Resources", "People"]
    )


def test_the_list_waits_visibly_when_the_next_one_is_slow(window, shared):
    page = window(shared)
    page.goto(KEYS)
    page.route("**/api-keys?*", lambda route: page.wait_for_timeout(600) or route.continue_())
    region = page.get_by_role("region", name="Active API keys, newest first")
    page.evaluate("""() => new MutationObserver(() => sessionStorage.setItem("busy", "seen"))
        .observe(document.querySelector("[data-busy]"), { attributeFilter: ["aria-busy"] })""")
    page.get_by_role("link", name="Next").click()
    expect(page.get_by_role("navigation", name="Pages")).to_contain_text("26–50 of 60")
    assert page.evaluate("() => sessionStorage.getItem('busy')") == "seen"
    expect(region).not_to_have_attribute("aria-busy", "true")
