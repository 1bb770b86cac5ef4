"""What a page may weigh and how fast it stands."""

import gzip

import pytest
from playwright.sync_api import expect

from console import KEYS, NEW_KEY, panel, results
from states import key_path

KILOBYTE = 1024

#: Of one kind of file, compressed where that helps.
MOST = {"document": 15, "stylesheet": 8, "script": 8, "font": 46, "sprite": 4}


def weigh(page, path):
    """Opens a page with an empty cache; the weight of each kind of file, and how many were asked for."""
    answers = []
    page.on("response", lambda answer: answers.append(answer))
    page.goto(path, wait_until="networkidle")
    weights = dict.fromkeys(MOST, 0)
    for answer in answers:
        kind = "sprite" if answer.url.endswith("icons.svg") else answer.request.resource_type
        body = answer.body()
        if kind in weights:
            weights[kind] += len(body if kind == "font" else gzip.compress(body, 9))
    return weights, [answer.url for answer in answers]


@pytest.mark.parametrize("path", [KEYS, NEW_KEY, "/settings/people", "/me"])
def test_a_page_is_light(window, shared, path):
    weights, asked = weigh(window(shared), path)
    # The form of grants brings a script of its own (docs/decisions/0009).
    most = {**MOST, "script": 11} if path == NEW_KEY else MOST
    assert {kind: weight for kind, weight in weights.items() if weight > most[kind] * KILOBYTE} == {}
    assert weights["document"] > 0 and weights["script"] > 0
    assert len(asked) <= 8, asked


def test_a_second_page_is_one_request(window, shared):
    page = window(shared)
    page.goto(KEYS, wait_until="networkidle")
    page.get_by_role("link", name="Next").click()
    expect(page.get_by_role("navigation", name="Pages")).to_contain_text("26–50 of 60")
    transferred = page.evaluate("""() => [...performance.getEntriesByType("navigation"), ...performance.getEntriesByType("resource")]
        .filter(entry => entry.transferSize > 0).map(entry => entry.name)""")
    assert transferred == [page.url]


def test_the_list_is_small_to_a_browser(window, shared):
    page = window(shared)
    page.goto(KEYS)
    expect(results(page)).to_have_text("60 keys")
    assert page.get_by_role("rowheader").count() == 25
    assert page.evaluate("() => document.querySelectorAll('*').length") <= 1500


@pytest.mark.parametrize("name, path", [("list", KEYS), ("create", NEW_KEY), ("edit", "siem-export"), ("people", "/settings/people")])
def test_a_page_stands_still_and_soon(window, shared, name, path):
    page = window(shared)
    page.add_init_script("""
        globalThis.shifts = [];
        new PerformanceObserver(list => shifts.push(...list.getEntries().filter(entry => !entry.hadRecentInput)
            .map(entry => ({ value: entry.value, moved: entry.sources.map(source => source.node?.outerHTML?.slice(0, 80)) }))))
            .observe({ type: "layout-shift", buffered: true });
    """)
    address = key_path(shared, path) if name == "edit" else path
    page.goto(address, wait_until="networkidle")
    if name in ("create", "edit"):
        expect(panel(page, "New API key" if name == "create" else path)).to_be_visible()
    shifts = page.evaluate("() => shifts")
    assert sum(shift["value"] for shift in shifts) <= 0.01, shifts
    # The quickest of three windows with empty caches counts: this machine may run other tests beside this one.
    paints = [first_paint(page)]
    for _ in range(2):
        another = window(shared)
        another.goto(address, wait_until="networkidle")
        paints.append(first_paint(another))
    assert min(paints) <= 500, f"the first paint took {paints} ms"


def first_paint(page) -> float:
    """In milliseconds."""
    return page.evaluate("() => performance.getEntriesByName('first-contentful-paint')[0].startTime")
