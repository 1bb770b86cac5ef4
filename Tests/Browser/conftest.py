import os
from pathlib import Path

import pytest
from playwright.sync_api import Page, expect, sync_playwright

from sites import SESSION_COOKIE, Demonstration, Site, empty_site
from watching import REPORT_VIOLATIONS, Watch

CHROMIUM = os.environ.get("CONSOLE_CHROMIUM", "/usr/bin/chromium-headless-shell")

# Long enough for a machine that also builds something; what is right shows at once.
expect.set_options(timeout=10_000)


@pytest.fixture(scope="session")
def playwright():
    with sync_playwright() as playwright:
        yield playwright


@pytest.fixture(scope="session")
def chromium(playwright):
    """One browser for all tests of a process; each has windows of its own."""
    browser = playwright.chromium.launch(
        executable_path=CHROMIUM, args=["--host-resolver-rules=MAP lan.test 127.0.0.1", "--no-sandbox"]
    )
    yield browser
    browser.close()


@pytest.fixture(scope="session")
def pristine(tmp_path_factory) -> Demonstration:
    return Demonstration(tmp_path_factory.mktemp("demonstration"))


@pytest.fixture(scope="session")
def shared(pristine) -> Site:
    """The demonstration organization. Tests leave it as it was."""
    site = pristine.copy()
    yield site
    site.discard()


@pytest.fixture(autouse=True)
def keep():
    """Keeps a site for the test, until its windows are closed."""
    kept = []

    def keep_site(site: Site) -> Site:
        kept.append(site)
        return site

    yield keep_site
    for site in kept:
        site.discard()


@pytest.fixture
def own(pristine, keep) -> Site:
    """A demonstration organization that the test may change."""
    return keep(pristine.copy())


@pytest.fixture
def empty(tmp_path, keep) -> Site:
    """An organization without any key."""
    return keep(empty_site(tmp_path / "data"))


@pytest.fixture(autouse=True)
def watch(request) -> Watch:
    """Fails the test for an error in the console, a script's error, a violated policy or an unexpected refusal."""
    marker = request.node.get_closest_marker("answers")
    watch = Watch(set(marker.args) if marker else set())
    yield watch
    watch.finish()


@pytest.fixture
def window(chromium, watch):
    """Opens windows: `window(site, "admin")` is signed in as that role's person, `window(site, None)` as nobody."""
    contexts = []

    def open_window(site: Site, role: str | None = "admin", session: str | None = None, **options) -> Page:
        options = {"viewport": {"width": 1280, "height": 800}, "reduced_motion": "reduce", **options}
        context = chromium.new_context(base_url=site.url, locale="en-GB", timezone_id="Europe/Berlin", **options)
        context.set_default_timeout(10_000)
        contexts.append(context)
        if role:
            value = session or site.session(role)
            context.add_cookies(
                [{"name": SESSION_COOKIE, "value": value, "url": site.url, "httpOnly": True, "sameSite": "Strict"}]
            )
        context.add_init_script(REPORT_VIOLATIONS)
        context.on("page", watch.over)
        return context.new_page()

    yield open_window
    for context in contexts:
        context.close()
