"""Themes, forced colours, contrast, motion and paper."""

import re

import pytest
from playwright.sync_api import expect

from console import KEYS, NEW_KEY, generate_key, panel, results
from states import open_screen

DARK_GROUND = "rgb(11, 14, 20)"


def style(locator, name):
    return locator.evaluate("(element, name) => getComputedStyle(element)[name]", name)


def test_the_system_decides_between_light_and_dark(window, shared):
    for scheme, ground in (("light", "rgb(249, 250, 252)"), ("dark", DARK_GROUND)):
        page = window(shared, color_scheme=scheme)
        page.goto(KEYS)
        assert style(page.locator("body"), "backgroundColor") == ground


def test_a_chosen_theme_holds_from_the_first_paint_on(window, shared):
    page = window(shared, color_scheme="light")
    page.context.add_cookies([{"name": "keywright-theme", "value": "dark", "url": shared.url}])
    answer = page.goto(KEYS)
    assert re.search(r'<html lang="en" data-theme="dark">', answer.text())
    assert style(page.locator("body"), "backgroundColor") == DARK_GROUND
    page.context.add_cookies([{"name": "keywright-theme", "value": '"><b>', "url": shared.url}])
    assert "data-theme" not in page.goto(KEYS).text()


@pytest.mark.parametrize("screen", ["list", "create, filled in", "delete", "save once"])
def test_forced_colours_keep_edges_visible(window, shared, watch, screen):
    page = open_screen(window, shared, watch, screen, forced_colors="active")
    without_edge = page.evaluate("""() => [...document.querySelectorAll(".btn, .chip, .card, dialog[open], .banner, .input")]
        .filter(element => element.checkVisibility() && parseFloat(getComputedStyle(element).borderInlineStartWidth) < 1)
        .map(element => element.outerHTML.slice(0, 100))""")
    assert without_edge == []


def test_forced_colours_mark_the_active_option(window, shared, watch):
    page = open_screen(window, shared, watch, "create, resources open", forced_colors="active")
    active = page.get_by_role("option", selected=True)
    assert style(active, "outlineStyle") == "solid"
    # In the navigation, where one may choose; the breadcrumb's last step is no choice.
    for current, outline in ((".links [aria-current]", "solid"), (".crumbs [aria-current]", "none")):
        assert style(page.locator(current), "outlineStyle") == outline


def test_forced_colours_show_what_cannot_be_used(window, shared):
    page = window(shared, "secops", forced_colors="active")
    page.goto(KEYS)
    new, usable = page.get_by_role("link", name="New API key"), page.get_by_role("button", name="Tag", exact=True)
    assert style(new, "color") != style(usable, "color")


def test_forced_colours_show_what_is_switched_on(window, shared):
    page = window(shared, forced_colors="active")
    page.goto("/me")
    switch = page.locator("main").get_by_role("switch", name="Keyboard shortcuts")
    thumb, ground = switch.evaluate(
        "element => [getComputedStyle(element, '::before').backgroundColor, getComputedStyle(element).backgroundColor]"
    )
    assert thumb != ground
    for name, outline in (("System", "solid"), ("Dark", "none")):
        assert style(page.locator("main").get_by_role("radio", name=name), "outlineStyle") == outline


def test_more_contrast_makes_lines_as_strong_as_controls(window, shared):
    page = window(shared, contrast="more")
    page.goto(KEYS)
    line, control = page.evaluate("""() => ["--line", "--control"].map(name => {
        const probe = document.body.appendChild(document.createElement("i"));
        probe.style.setProperty("color", `var(${name})`);
        return getComputedStyle(probe).color;
    })""")
    assert line == control


@pytest.mark.parametrize("motion, moves", [("reduce", False), ("no-preference", True)])
def test_nothing_moves_for_those_who_do_not_want_it(window, shared, motion, moves):
    page = window(shared, reduced_motion=motion)
    page.goto(NEW_KEY)
    expect(panel(page, "New API key")).to_be_visible()
    assert (style(page.get_by_role("dialog"), "animationName") != "none") == moves
    moving = page.evaluate("""() => [...document.querySelectorAll("*")].filter(element => {
        const style = getComputedStyle(element);
        return style.animationName !== "none" || style.transitionDuration.split(",").some(time => parseFloat(time) > 0);
    }).length""")
    assert (moving > 0) == moves


def test_paper_shows_the_table_and_never_a_key(window, own):
    page = window(own)
    generate_key(page, "on-paper")
    page.emulate_media(media="print")
    dialog = panel(page, "Copy your new key")
    expect(dialog.get_by_label("API key")).to_be_hidden()
    dialog.get_by_role("button", name="Copy", exact=True).evaluate("button => button.click()")
    page.emulate_media(media="screen")
    expect(dialog.get_by_role("button", name="Copied")).to_be_visible()
    page.goto(KEYS)
    page.emulate_media(media="print")
    expect(page.get_by_role("table")).to_be_visible()
    expect(results(page)).to_be_visible()
    for name in ("Main", "Breadcrumb", "Pages"):
        expect(page.get_by_role("navigation", name=name)).to_be_hidden()
    expect(page.get_by_role("search")).to_be_hidden()


def test_text_of_twice_the_size_does_not_break_the_page(window, shared):
    page = window(shared)
    page.goto(KEYS)
    page.evaluate("() => document.documentElement.style.setProperty('font-size', '200%')")
    assert page.evaluate("() => document.documentElement.scrollWidth") <= 1280
    expect(page.get_by_role("link", name="New API key")).to_be_in_viewport()
