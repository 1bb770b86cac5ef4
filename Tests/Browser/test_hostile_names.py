"""Names that are markup, templates, scripts of other directions, or as long as may be: always shown as what they are."""

import re

import pytest
from playwright.sync_api import expect

from console import KEYS, key_names, open_menu, panel, results, row, toast
from test_narrow import OVERFLOWING

HOSTILE = {
    "script": "<script>alert(1)</script>",
    "attribute": "\"><img src=x onerror=alert(1)>' onmouseover='alert(1)",
    "template": "{{7*7}} {{{csrf}}} ${7*7} <%= 7*7 %>",
    "entities": "&lt;b&gt; &amp; &#x27;",
    "right to left": "مفتاح واجهة برمجة التطبيقات",
    "mixed": "deploy שלום (prod) 7",
    "emoji": "🚀🔑 déploiement 👩‍💻".replace("\u200d", ""),
    "long": "x" * 80,
    "long words": ("organization-admin-api-key-2025-" * 3)[:80],
    "address": "javascript:alert(1)//?a=b&c=d#e%00",
}


def place_name(name):
    """What a resource is called: its name may be shorter than a key's."""
    return name[:60]


@pytest.fixture(scope="module")
def hostile(pristine):
    """Keys, tags, resources and people with such names."""
    site = pristine.copy()
    for number, name in enumerate(HOSTILE.values()):
        space = site.call(
            "POST", "/namespace", json={"account_id": 1, "name": place_name(name), "slug": f"hostile-{number}"}
        )
        site.create_key(
            name,
            tags=[{"key": f"key-{number}", "value": name[:60]}],
            grants=[{"nrn": space["nrn"], "role_slug": "developer"}, {"nrn": "organization=1:account=2", "role_slug": "member"}],
        )
    yield site
    site.discard()


@pytest.mark.parametrize("name", HOSTILE.values(), ids=HOSTILE)
def test_a_name_is_text_wherever_it_is_shown(window, hostile, name):
    page = window(hostile)
    page.on("dialog", lambda dialog: pytest.fail("a name was run"))
    page.goto(KEYS)
    key = row(page, name)
    expect(key).to_contain_text(f"Developer on {place_name(name)}")
    open_menu(page, name).get_by_role("menuitem", name="View or edit").click()
    form = panel(page, name)
    expect(form.get_by_label("Name", exact=True)).to_have_value(name)
    expect(form.get_by_role("combobox", name="Resource").first).to_have_value(f"namespace - {place_name(name)}")
    expect(page.get_by_role("navigation", name="Breadcrumb")).to_contain_text(name)
    assert page.title().startswith(name)
    form.get_by_label("Name", exact=True).fill(name[:-1] + "!")
    expect(form.get_by_role("region", name="Changes")).to_contain_text(f'Rename to "{name[:-1]}!"')
    form.get_by_label("Name", exact=True).fill(name)
    page.goto(f"{KEYS}/{hostile.key(name)['id']}/delete")
    expect(page.get_by_role("alertdialog")).to_contain_text(f"{name} stops working at once.")


def test_the_list_of_them_fits_at_every_width(window, hostile):
    for width in (320, 390, 800, 1100, 1280):
        page = window(hostile, viewport={"width": width, "height": 800})
        page.goto(KEYS)
        assert page.evaluate("() => document.documentElement.scrollWidth") <= width
        assert page.evaluate(OVERFLOWING) == []


@pytest.mark.parametrize("width", [320, 1280])
def test_panels_of_them_fit(window, hostile, width):
    page = window(hostile, viewport={"width": width, "height": 800})
    for name in (HOSTILE["long"], HOSTILE["long words"]):
        path = f"{KEYS}/{hostile.key(name)['id']}"
        for suffix in ("", "/delete"):
            page.goto(path + suffix)
            dialog = page.locator("dialog:modal")
            expect(dialog).to_be_visible()
            assert dialog.evaluate("dialog => dialog.scrollWidth <= dialog.clientWidth")
            assert page.evaluate(OVERFLOWING) == []


def test_filters_and_the_toast_show_them_as_they_are(window, hostile):
    page = window(hostile)
    name = HOSTILE["attribute"]
    page.goto(KEYS)
    row(page, name).get_by_role("link", name="key-1:").click()
    expect(page.get_by_role("list", name="Active filters")).to_contain_text("Tag key-1:")
    expect(results(page)).to_have_text("1 of 70 keys matches")
    page.goto(f"{KEYS}/{hostile.key(name)['id']}")
    form = panel(page, name)
    form.get_by_label("Add a tag").press_sequentially("seen:yes,")
    form.get_by_role("button", name="Update API key").click()
    expect(toast(page)).to_have_text(f"{name} updated")


def test_searching_for_markup_searches(window, hostile):
    page = window(hostile)
    page.goto(KEYS)
    page.get_by_role("searchbox").fill("<script>")
    expect(results(page)).to_have_text("1 of 70 keys matches")
    assert key_names(page) == [HOSTILE["script"]]
    expect(page.get_by_role("list", name="Active filters")).to_contain_text('Search "<script>"')
    page.goto(KEYS + "?q=%3Cscript%3E&tag=%3Cb%3E%3A%3Cb%3E&role=%3Cb%3E&resource=%3Cb%3E&used=%3Cb%3E&sort=%3Cb%3E&page=-1&per=x")
    expect(page.get_by_role("heading", level=1)).to_have_text("API keys")


def test_a_right_to_left_name_does_not_turn_what_is_beside_it(window, hostile):
    page = window(hostile)
    page.goto(KEYS)
    link = page.get_by_role("link", name=HOSTILE["right to left"], exact=True)
    assert link.evaluate("link => getComputedStyle(link).direction") == "rtl"
    name, mask = link.bounding_box(), row(page, HOSTILE["right to left"]).locator("code").bounding_box()
    assert abs(name["x"] - mask["x"]) < 2, "both begin at the column's edge"
    expect(row(page, HOSTILE["right to left"]).get_by_role("rowheader")).to_contain_text(re.compile("kw_.*…"))
