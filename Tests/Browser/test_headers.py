"""What every answer carries, and what is refused that does not come from our own pages. No browser is asked here."""

import re

import httpx
import pytest

from sites import SESSION_COOKIE
from watching import CONTENT_SECURITY_POLICY

KEYS = "/settings/api-keys"
PAGES = [
    ("/", 303), ("/sign-in", 200), ("/setup", 404), ("/invitation?token=x", 404), (KEYS, 200), (KEYS + "/new", 200),
    (KEYS + "/5", 200), (KEYS + "/5/delete", 200), (KEYS + "/999999", 404), (KEYS + "?q=%zz", 400),
    ("/settings/people", 200), ("/settings/people/2", 200), ("/settings/people/invite", 200), ("/me", 200),
    ("/settings/nothing", 404), ("/nothing", 404),
    ("/console/preview.json", 200), ("/console/resources.json?q=pay", 200),
]


@pytest.fixture(scope="module")
def admin(shared):
    """A client in a session, as a browser sends its own pages' requests."""
    with httpx.Client(
        base_url=shared.url, cookies={SESSION_COOKIE: shared.session("admin")},
        headers={"Accept": "text/html", "Sec-Fetch-Site": "same-origin"},
    ) as client:
        yield client


def form_token(client, path=KEYS + "/new"):
    return re.search(r'name="csrf" value="([^"]+)"', client.get(path).text).group(1)


@pytest.mark.parametrize("path, status", PAGES)
def test_every_page_is_protected(admin, path, status):
    if path == "/sign-in":
        admin = httpx.Client(base_url=admin.base_url)
    answer = admin.get(path)
    assert answer.status_code == status
    headers = answer.headers
    assert headers["content-security-policy"] == CONTENT_SECURITY_POLICY
    assert headers["x-content-type-options"] == "nosniff"
    assert headers["referrer-policy"] == ("no-referrer" if path.startswith(("/setup", "/invitation")) else "same-origin")
    assert headers["permissions-policy"] == "clipboard-write=(self), clipboard-read=()"
    assert headers["cross-origin-opener-policy"] == "same-origin"
    assert headers["x-frame-options"] == "DENY"
    assert headers["cache-control"] == "no-store"
    # Only TLS of our own makes that promise.
    assert "strict-transport-security" not in headers
    if status != 303:
        assert headers["content-type"] == ("application/json" if ".json" in path else "text/html; charset=utf-8")
        assert not re.search(r"\sstyle=|\son[a-z]+=|<style|javascript:|<script(?! type=\"module\" src=)", answer.text)


@pytest.mark.parametrize("method", ["PUT", "PATCH", "DELETE", "OPTIONS"])
def test_methods_that_a_page_does_not_know(admin, method):
    answer = admin.request(method, KEYS)
    assert answer.status_code == 405
    assert answer.headers["allow"] == "GET, HEAD, POST"
    assert answer.headers["content-security-policy"] == CONTENT_SECURITY_POLICY


FOREIGN = {
    "another site": {"Sec-Fetch-Site": "cross-site"},
    "another host of the domain": {"Sec-Fetch-Site": "same-site"},
    "an address typed in": {"Sec-Fetch-Site": "none"},
    "another origin, from an older browser": {"Sec-Fetch-Site": None, "Origin": "https://example.com"},
    "no origin at all": {"Sec-Fetch-Site": None},
}


@pytest.mark.parametrize("headers", FOREIGN.values(), ids=FOREIGN)
@pytest.mark.parametrize("path", ["/sign-in", "/sign-out", KEYS, KEYS + "/5", KEYS + "/5/delete", "/me", "/me/password"])
def test_a_form_from_elsewhere_is_refused(shared, admin, path, headers):
    fields = {"csrf": form_token(admin), "name": "forged", "email": "admin@example.com", "theme": "dark"}
    sent = {"Accept": "text/html", **{name: value for name, value in headers.items() if value}}
    answer = httpx.post(
        shared.url + path, data=fields, headers=sent, cookies={SESSION_COOKIE: shared.session("admin")}
    )
    assert answer.status_code == 403
    assert "This form came from elsewhere" in answer.text
    assert "set-cookie" not in answer.headers
    assert answer.headers["content-security-policy"] == CONTENT_SECURITY_POLICY


def test_an_older_browser_shows_the_origin_instead(shared, admin):
    answer = httpx.post(
        shared.url + "/me", data={"csrf": form_token(admin), "theme": "system", "return": "/me"},
        headers={"Origin": shared.url}, cookies={SESSION_COOKIE: shared.session("admin")},
    )
    assert answer.status_code == 303


@pytest.mark.parametrize("token", [None, "", "nonsense"])
@pytest.mark.parametrize("path", ["/sign-out", KEYS, KEYS + "/5", KEYS + "/5/delete", "/me/password"])
def test_a_form_without_the_token_of_the_session_is_refused(admin, path, token):
    answer = admin.post(path, data={"name": "forged"} | ({} if token is None else {"csrf": token}))
    assert answer.status_code == 403
    assert "This form came from elsewhere" in answer.text


def test_the_token_of_another_session_does_not_count(shared, admin):
    other = httpx.Client(base_url=shared.url, cookies={SESSION_COOKIE: shared.sign_in("admin")})
    answer = admin.post(KEYS, data={"csrf": form_token(other), "name": "forged"})
    assert answer.status_code == 403


def test_forms_are_bounded_and_of_one_type(admin):
    token = form_token(admin)
    assert admin.post(KEYS, data={"csrf": token, "name": "x" * 70_000}).status_code == 413
    assert admin.post(KEYS, json={"csrf": token}).status_code == 415
    assert admin.post(KEYS, content=b"csrf=%", headers={"Content-Type": "application/x-www-form-urlencoded"}).status_code == 400


def test_a_session_is_a_cookie_that_scripts_do_not_see(shared):
    answer = httpx.post(
        f"{shared.url}/sign-in", data={"email": "admin@example.com", "password": shared.passwords["admin@example.com"]},
        headers={"Sec-Fetch-Site": "same-origin"},
    )
    attributes = {part.strip().lower() for part in answer.headers["set-cookie"].split(";")[1:]}
    assert {"httponly", "samesite=strict", "path=/"} <= attributes
    assert not any(attribute.startswith(("domain", "max-age", "expires")) for attribute in attributes)


def test_the_console_ignores_keys_and_the_api_ignores_sessions(shared, admin):
    with_key = httpx.get(shared.url + KEYS, headers={"Authorization": f"Bearer {shared.admin_key}"})
    assert with_key.status_code == 303 and with_key.headers["location"].startswith("/sign-in")
    assert admin.get("/api_key").status_code == 401


def assets(client):
    page = client.get(KEYS + "/new").text + client.get("/audit").text
    found = set(re.findall(r'(/assets/[^"#]+)', page))
    style = next(path for path in found if path.endswith(".css"))
    folder = style.rsplit("/", 1)[0]
    return found | {f"{folder}/{name}" for name in re.findall(r"url\(([^)]+)\)", client.get(style).text)}


def test_head_says_how_long_a_page_is(admin):
    for path in ["/settings/api-keys", "/settings/api-keys?used=1d", "/settings/people", "/audit", "/me"]:
        page, head = admin.get(path), admin.head(path)
        assert (page.status_code, head.status_code, head.content) == (200, 200, b"")
        assert head.headers["content-length"] == page.headers["content-length"]


def test_assets_are_kept_for_good_under_hashed_paths(admin):
    paths = assets(admin)
    assert {path.rsplit("/", 1)[1] for path in paths} == {
        "console.css", "console.js", "forms.js", "trail.js", "icons.svg", "icon.svg", "inter.woff2", "jetbrains-mono.woff2",
    }
    for path in paths:
        assert re.fullmatch(r"/assets/[0-9a-f]{16}/[a-z.0-9-]+", path)
        answer = admin.get(path)
        assert answer.status_code == 200
        assert answer.headers["cache-control"] == "public, max-age=31536000, immutable"
        assert answer.headers["x-content-type-options"] == "nosniff"
        assert "content-security-policy" in answer.headers
        assert len(answer.content) == int(answer.headers["content-length"]) > 100
        assert admin.head(path).headers["content-length"] == answer.headers["content-length"]
        # Parts are not served, and asking for one gets the whole.
        assert admin.get(path, headers={"Range": "bytes=-5"}).status_code in (200, 206)
    script = next(path for path in paths if path.endswith("/console.js"))
    assert admin.get(script.replace("/assets/", "/assets/0")).status_code == 404


def test_files_need_no_session_and_set_none(shared, admin):
    for path in assets(admin):
        answer = httpx.get(shared.url + path)
        assert answer.status_code == 200 and "set-cookie" not in answer.headers
