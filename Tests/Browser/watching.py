"""Watches windows: what no page may do, in any test."""

import re

from playwright.sync_api import ConsoleMessage, Page, Response

#: On every page of the console, word for word.
CONTENT_SECURITY_POLICY = (
    "default-src 'none'; script-src 'self'; style-src 'self'; img-src 'self'; font-src 'self'; connect-src 'self'; "
    "form-action 'self'; base-uri 'none'; frame-ancestors 'none'; require-trusted-types-for 'script'; "
    "trusted-types 'none'"
)

#: Chromium reports refusals by themselves; answers are watched more closely below.
REFUSAL = re.compile(r"Failed to load resource: the server responded with a status of \d+")

REPORT_VIOLATIONS = """
    document.addEventListener("securitypolicyviolation", violation =>
        console.error(`Violates the policy: ${violation.violatedDirective} ${violation.blockedURI}`));
"""


class Watch:
    """What went wrong in the windows of a test."""

    def __init__(self, expected_refusals: set[int]):
        self.expected_refusals = expected_refusals
        self.refusals: set[int] = set()
        self.problems: list[str] = []

    def over(self, page: Page):
        page.on("console", self._hear)
        page.on("pageerror", lambda error: self.problems.append(f"{page.url}: {error}"))
        page.on("response", self._see)

    def _hear(self, message: ConsoleMessage):
        if message.type in ("error", "warning") and not REFUSAL.match(message.text):
            self.problems.append(f"{message.type} in the console of {message.page.url}: {message.text}")

    def _see(self, response: Response):
        where = f"{response.request.method} {response.url}"
        if response.status >= 400:
            self.refusals.add(response.status)
            if response.status not in self.expected_refusals:
                self.problems.append(f"{where}: {response.status}")
        if response.headers.get("content-type", "").startswith("text/html"):
            policy = response.headers.get("content-security-policy")
            if policy != CONTENT_SECURITY_POLICY:
                self.problems.append(f"{where} has the policy {policy}")

    def expect(self, status: int):
        self.expected_refusals.add(status)

    def forgive(self, text: str):
        """Takes a problem back that the test brought about itself."""
        (own,) = [problem for problem in self.problems if text in problem]
        self.problems.remove(own)

    def finish(self):
        assert not self.problems, "\n".join(self.problems)
        missing = self.expected_refusals - self.refusals
        assert not missing, f"no answer had the status {missing}"
