"""Phones, 320 px, and a page at 400 %."""

import re

import pytest
from playwright.sync_api import expect

from console import KEYS, NEW_KEY, panel, results, row
from states import SCREENS, key_path, open_screen

PHONE = {"viewport": {"width": 390, "height": 844}, "has_touch": True, "is_mobile": True}

OVERFLOWING = """() => {
    const width = document.documentElement.clientWidth;
    const scrolls = element => element && (/auto|scroll|hidden|clip/.test(getComputedStyle(element).overflowX) || scrolls(element.parentElement));
    return [...document.querySelectorAll("body *")].filter(element => {
        const box = element.getBoundingClientRect();
        return box.width > 1 && box.right > width + 1 && element.checkVisibility() && !scrolls(element.parentElement);
    }).map(element => element.outerHTML.slice(0, 120));
}"""


@pytest.mark.parametrize("screen", SCREENS)
def test_nothing_scrolls_sideways_at_320_pixels(window, shared, watch, screen):
    page = open_screen(window, shared, watch, screen, viewport={"width": 320, "height": 640})
    assert page.evaluate("() => document.documentElement.scrollWidth") <= 320
    assert page.evaluate(OVERFLOWING) == []


@pytest.mark.parametrize("suffix", ["", "/delete"])
def test_nothing_scrolls_sideways_at_320_pixels_without_script(window, shared, suffix):
    page = window(shared, viewport={"width": 320, "height": 640}, java_script_enabled=False)
    page.goto(key_path(shared, "gateway-payments", suffix))
    assert page.evaluate("() => document.documentElement.scrollWidth") <= 320
    assert page.evaluate(OVERFLOWING) == []


def test_a_phone_has_a_menu_button(window, shared):
    page = window(shared, **PHONE)
    page.goto(KEYS)
    main = page.get_by_role("navigation", name="Main")
    expect(main).to_be_hidden()
    page.get_by_role("button", name="Menu", exact=True).tap()
    expect(main).to_be_visible()
    main.get_by_role("link", name="People").tap()
    expect(page.get_by_role("heading", level=1)).to_have_text("People")


def test_rows_are_cards_on_a_phone(window, shared):
    page = window(shared, **PHONE)
    page.goto(KEYS + "?q=siem-export")
    key = row(page, "siem-export")
    card = key.bounding_box()
    assert card["width"] > 340
    cells = [cell.bounding_box() for cell in key.get_by_role("cell").all()[:4]]
    assert [cell["y"] for cell in cells] == sorted(cell["y"] for cell in cells), "cells are below each other"
    assert len({round(cell["x"]) for cell in cells}) == 1
    # Screen readers still have a table with its heads.
    expect(page.get_by_role("columnheader")).to_have_count(6)
    expect(key.get_by_role("rowheader")).to_be_visible()


@pytest.mark.parametrize("path", [KEYS, NEW_KEY, "/settings/people", "/me"])
def test_targets_are_large_enough_for_fingers(window, shared, path):
    page = window(shared, **PHONE)
    page.goto(path)
    small = page.evaluate("""() => [...document.querySelectorAll("button, a.btn, .input, summary, .links a")].filter(target => {
        const box = target.getBoundingClientRect();
        // Those within text, and the switch, whose reach is larger than it looks.
        const isInText = target.closest(".chip, .copyable, .sort, th, .reveal, .per, p, dl, .switch, [aria-hidden]");
        return target.checkVisibility() && box.width > 1 && !isInText && box.height < 43.5;
    }).map(target => `${target.outerHTML.slice(0, 100)} is ${target.getBoundingClientRect().height} high`)""")
    assert small == []


def test_a_switch_reacts_beside_its_picture(window, shared):
    page = window(shared, **PHONE)
    page.goto("/me")
    switch = page.locator("main").get_by_role("switch", name="Keyboard shortcuts")
    box = switch.bounding_box()
    page.touchscreen.tap(box["x"] + 5, box["y"] - 8)
    expect(switch).not_to_be_checked()


def test_a_panel_fills_a_phone_and_its_buttons_are_wide(window, shared):
    page = window(shared, **PHONE)
    page.goto(NEW_KEY)
    form = panel(page, "New API key")
    assert form.bounding_box()["width"] == 390
    assert form.get_by_role("button", name="Generate API key").bounding_box()["width"] > 340
    # A field below 16 px would make a phone zoom in.
    assert form.get_by_label("Name", exact=True).evaluate("field => parseFloat(getComputedStyle(field).fontSize)") >= 16


def test_the_list_scrolls_inside_its_region_between_phone_and_desk(window, shared):
    page = window(shared, viewport={"width": 800, "height": 900})
    page.goto(KEYS)
    assert page.evaluate("() => document.documentElement.scrollWidth") <= 800
    expect(results(page)).to_have_text("60 keys")
    # What can be done with a key stays at hand.
    expect(page.get_by_role("button", name="More options for metrics-checkout")).to_be_in_viewport(ratio=1)
    page.get_by_role("region", name=re.compile("^Active API keys")).focus()
    expect(page.get_by_role("region", name=re.compile("^Active API keys"))).to_be_focused()
