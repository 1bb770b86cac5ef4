"""The dialog that shows a new key once."""

import re
import subprocess

from playwright.sync_api import expect

from console import KEYS, SECRET, generate_key, panel, pasted, row

DIALOG = "Copy your new key"


def test_copy_puts_the_key_on_the_clipboard(window, own):
    page = window(own)
    secret = generate_key(page, "copied")
    dialog = panel(page, DIALOG)
    copy = dialog.get_by_role("button", name="Copy", exact=True)
    expect(copy).to_be_focused()
    expect(dialog).to_have_accessible_description(re.compile("^This is the only time the key is shown"))
    copy.click()
    expect(dialog.get_by_role("status").filter(has_text="Key copied")).to_be_visible()
    expect(dialog.get_by_role("button", name="Copied")).to_be_focused()
    assert pasted(page) == secret
    dialog.get_by_role("link", name="Done").click()
    expect(page).to_have_url(re.compile(KEYS + "$"))
    expect(row(page, "copied")).to_be_visible()


def test_escape_does_not_lose_a_key_that_was_not_copied(window, own):
    page = window(own)
    secret = generate_key(page, "kept-open")
    dialog = panel(page, DIALOG)
    for _ in range(5):
        page.keyboard.press("Escape")
    expect(dialog.get_by_label("API key")).to_have_text(secret)
    expect(dialog.get_by_text("You haven't copied this key.")).to_be_visible()
    expect(dialog.get_by_role("button", name="Copy and close")).to_be_focused()
    page.mouse.click(5, 5)
    expect(dialog).to_be_visible()
    dialog.get_by_role("button", name="Copy and close").click()
    expect(page).to_have_url(re.compile(KEYS + "$"))
    assert pasted(page) == secret


def test_done_asks_when_the_key_was_not_copied(window, own):
    page = window(own)
    generate_key(page, "not-copied")
    dialog = panel(page, DIALOG)
    dialog.get_by_role("link", name="Done").click()
    expect(dialog.get_by_text("You haven't copied this key.")).to_be_visible()
    expect(dialog.get_by_role("link", name="Done")).to_be_hidden()
    dialog.get_by_role("button", name="Close without copying").click()
    expect(page).to_have_url(re.compile(KEYS + "$"))
    expect(row(page, "not-copied")).to_be_visible()


def test_copying_by_hand_counts(window, own):
    page = window(own)
    secret = generate_key(page, "by-hand")
    dialog = panel(page, DIALOG)
    # One click takes all of it.
    dialog.get_by_label("API key").click()
    page.keyboard.press("Control+C")
    assert pasted(page) == secret
    dialog.get_by_role("link", name="Done").click()
    expect(page).to_have_url(re.compile(KEYS + "$"))


def test_closing_the_window_asks_while_the_key_is_not_copied(window, own):
    page = window(own)
    generate_key(page, "guarded")
    asked = []
    page.on("dialog", lambda question: (asked.append(question.type), question.dismiss()))
    page.close(run_before_unload=True)
    page.wait_for_function("() => true")
    expect(panel(page, DIALOG)).to_be_visible()
    assert asked == ["beforeunload"]
    panel(page, DIALOG).get_by_role("button", name="Copy", exact=True).click()
    expect(panel(page, DIALOG).get_by_role("button", name="Copied")).to_be_visible()
    page.goto(KEYS)
    assert asked == ["beforeunload"]


def test_the_key_is_nowhere_afterwards(window, own):
    page = window(own)
    answers, requests = [], []
    page.on("response", lambda answer: answers.append(answer))
    page.on("request", lambda request: requests.append(f"{request.url} {request.post_data or ''}"))
    secret = generate_key(page, "nowhere")
    carriers = [answer.url for answer in answers if "json" in answer.headers.get("content-type", "") and secret in answer.text()]
    assert len(carriers) == 1 and carriers[0].endswith(KEYS)
    dialog = panel(page, DIALOG)
    dialog.get_by_role("button", name="Copy", exact=True).click()
    dialog.get_by_role("link", name="Done").click()
    expect(row(page, "nowhere")).to_be_visible()
    assert secret not in page.content()
    kept = page.evaluate("""async () => JSON.stringify([
        {...localStorage}, {...sessionStorage}, history.state, document.cookie, name, location.href,
        await caches.keys(), await indexedDB.databases()])""")
    assert secret not in kept
    assert secret not in str(page.context.cookies())
    assert not any(secret in request for request in requests)
    assert secret not in own.log
    for _ in range(2):
        page.go_back()
        assert secret not in page.content()
        expect(panel(page, DIALOG)).to_have_count(0)
    page.reload()
    assert secret not in page.content()
    expect(panel(page, DIALOG)).to_have_count(0)
    page.goto(f"{KEYS}/{own.key('nowhere')['id']}")
    expect(panel(page, "nowhere")).to_contain_text("The secret can't be shown again.")
    assert secret not in page.content()


def test_the_commands_that_check_the_key_do_not_hold_it(window, own):
    page = window(own)
    secret = generate_key(page, "checked")
    dialog = panel(page, DIALOG)
    dialog.get_by_text("Check that it works").click()
    dialog.get_by_role("button", name="Copy command").click()
    commands = pasted(page)
    assert "read -rs" in commands and "curl" in commands and own.url in commands
    assert secret not in commands
    # Copying them does not count as having copied the key.
    dialog.get_by_role("link", name="Done").click()
    expect(dialog.get_by_text("You haven't copied this key.")).to_be_visible()


def test_the_commands_work(window, own):
    page = window(own)
    secret = generate_key(page, "tried")
    dialog = panel(page, DIALOG)
    dialog.get_by_text("Check that it works").click()
    commands = dialog.locator("pre").inner_text()
    result = subprocess.run(["bash", "-c", commands], input=secret + "\n", capture_output=True, text=True, timeout=30)
    assert result.returncode == 0, result.stderr
    assert result.stdout == "200\n"
