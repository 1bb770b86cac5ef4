"""Firefox and WebKitGTK behind one small face: what the main way through the console needs of a browser."""

import os
import subprocess
import tempfile
import time
from pathlib import Path

PATIENCE_IN_SECONDS = 15


class Browser:
    """What both have in common; a subclass says how each step is done."""

    def __init__(self, url: str):
        self.url = url

    def open(self, path: str):
        self._navigate(self.url + path)

    def wait(self, what: str, condition):
        """Asks again until something is so, and returns it."""
        end = time.monotonic() + PATIENCE_IN_SECONDS
        while True:
            try:
                if found := condition():
                    return found
            except Exception as error:  # Between two pages there is nothing to ask.
                found = error
            if time.monotonic() > end:
                raise AssertionError(f"{what} did not come: {found!r} at {self.address()}")
            time.sleep(0.05)

    def _visible(self, xpath: str):
        elements = [element for element in self._find_all(xpath) if element.is_displayed()]
        return elements[0] if elements else None

    def find(self, xpath: str):
        """The first visible element."""
        return self.wait(xpath, lambda: self._visible(xpath))

    def button(self, name: str):
        """A visible button or link by what is written on it or said about it."""
        return self.find(
            f"//*[self::button or self::a][not(@aria-hidden)][normalize-space()='{name}' or @aria-label='{name}']"
        )

    def press_button(self, name: str):
        self.wait(name, lambda: (self.button(name).click(), True))

    def field(self, label: str):
        return self.find(
            f"//input[@aria-label='{label}' or @id=//label[starts-with(normalize-space(), '{label}')]/@for]"
        )

    def fill(self, label: str, text: str):
        field = self.field(label)
        field.clear()
        field.send_keys(text)

    def shows(self, text: str) -> bool:
        return self.wait(text, lambda: text in self.run("return document.body.innerText"))

    def is_at(self, path: str):
        self.wait(path, lambda: self.address().split("?")[0] == self.url + path)


class Firefox(Browser):
    name = "Firefox"

    def __init__(self, url: str):
        super().__init__(url)
        from marionette_driver.marionette import Marionette

        # A file that is there already is removed first: never name one that others need, such as /dev/null.
        self.logs = tempfile.TemporaryDirectory()
        self.marionette = Marionette(bin="/usr/bin/firefox-esr", headless=True, gecko_log=self.logs.name)
        self.marionette.start_session()
        self.version = self.marionette.session_capabilities["browserVersion"]

    def _navigate(self, url):
        self.marionette.navigate(url)

    def _find_all(self, xpath):
        return self.marionette.find_elements("xpath", xpath)

    def run(self, script, *arguments):
        return self.marionette.execute_script(script, list(arguments))

    def press(self, key: str):
        from marionette_driver.keys import Keys

        actions = self.marionette.actions.sequence("key", "keyboard")
        actions.key_down(getattr(Keys, key)).key_up(getattr(Keys, key)).perform()

    def address(self):
        return self.marionette.get_url()

    def close(self):
        self.marionette.quit(in_app=True)
        self.marionette.cleanup()
        self.logs.cleanup()


class WebKit(Browser):
    """Shows its window on a display of its own, for it knows no headless mode."""

    name = "WebKitGTK"

    def __init__(self, url: str):
        super().__init__(url)
        from selenium import webdriver
        from selenium.webdriver.webkitgtk.options import Options
        from selenium.webdriver.webkitgtk.service import Service

        reader, writer = os.pipe()
        self.display = subprocess.Popen(
            ["Xvfb", "-displayfd", str(writer), "-screen", "0", "1280x900x24", "-nolisten", "tcp"],
            pass_fds=[writer], stderr=subprocess.DEVNULL,
        )
        os.close(writer)
        with os.fdopen(reader) as number:
            environment = {**os.environ, "DISPLAY": f":{number.readline().strip()}"}
        options = Options()
        (options.binary_location,) = map(str, Path("/usr/lib").glob("*/webkit2gtk-4.1/MiniBrowser"))
        options.add_argument("--automation")
        self.driver = webdriver.WebKitGTK(options=options, service=Service("/usr/bin/WebKitWebDriver", env=environment))
        self.version = self.driver.capabilities["browserVersion"]

    def _navigate(self, url):
        self.driver.get(url)

    def _find_all(self, xpath):
        return self.driver.find_elements("xpath", xpath)

    def run(self, script, *arguments):
        return self.driver.execute_script(script, *arguments)

    def press(self, key: str):
        from selenium.webdriver import ActionChains
        from selenium.webdriver.common.keys import Keys

        ActionChains(self.driver).send_keys(getattr(Keys, key)).perform()

    def address(self):
        return self.driver.current_url

    def close(self):
        self.driver.quit()
        self.display.terminate()
        self.display.wait(10)
