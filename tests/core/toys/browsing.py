"""Drive the explorer's page in Debian's chromium, as a hand would."""

import contextlib
import os
import subprocess
import sys
import time
from pathlib import Path

import pytest

CHROMIUM, DRIVER = Path("/usr/bin/chromium"), Path("/usr/bin/chromedriver")
FLAGS = (
    "--headless", "--no-sandbox", "--disable-gpu", "--no-first-run",
    "--disable-background-networking", "--disable-component-update", "--disable-sync",
    "--window-size=1400,1250",
)  # fmt: skip
PATIENCE = 60.0  # s until something that must happen counts as missing
MODEL = "const model = (name) => Bokeh.documents[0].get_model_by_name(name);"
FIND = MODEL + "const root = (name) => Bokeh.index.find_one(model(name)).el.shadowRoot;"


class Tab:
    """A tab of the browser that shows the page.

    Args:
        folder: Empty folder for the browser's profile and what is downloaded.
    """

    def __init__(self, folder):
        from selenium import webdriver

        self.downloads = folder / "downloads"
        self.downloads.mkdir()
        options = webdriver.ChromeOptions()
        options.binary_location = str(CHROMIUM)
        for flag in (*FLAGS, f"--user-data-dir={folder / 'profile'}"):
            options.add_argument(flag)
        options.add_experimental_option(
            "prefs", {"download.default_directory": str(self.downloads)}
        )
        options.set_capability("goog:loggingPrefs", {"performance": "ALL"})
        self.driver = webdriver.Chrome(
            options=options, service=webdriver.ChromeService(str(DRIVER))
        )

    def open(self, address):
        """Open the page and wait until its first curve is there."""
        self.driver.get(address)
        ready = "return Boolean(window.Bokeh?.documents?.[0]?.is_idle)"
        self.until(lambda: self.driver.execute_script(ready))
        self.until(lambda: len(self.data("quick-a")["time"]) or self.value("message", "text"))

    def run(self, script, *arguments):
        return self.driver.execute_script(FIND + script, *arguments)

    def value(self, name, attribute):
        """Return an attribute of the model of that name, as the page has it."""
        return self.run("return model(arguments[0])[arguments[1]]", name, attribute)

    def text(self, name):
        """Return what a reader sees of a text, "" if it is hidden."""
        script = "const m = model(arguments[0]); if (!m.visible) return '';"
        script += "const box = root(arguments[0])?.querySelector('.bk-clearfix');"
        return self.run(script + "return box ? box.textContent : ''", name)

    def data(self, name):
        """Return the columns of a source."""
        script = "return Object.fromEntries(Object.entries(model(arguments[0]).data)"
        return self.run(f"{script}.map(([k, v]) => [k, Array.from(v)]))", name)

    def element(self, name, selector):
        return self.run("return root(arguments[0]).querySelector(arguments[1])", name, selector)

    def click(self, name):
        self.run("root(arguments[0]).querySelector('button').click()", name)

    def press(self, name, keys):
        """Press keys while a slider's handle has the focus."""
        self.element(name, ".noUi-handle").send_keys(keys)

    def type(self, name, text):
        """Replace what stands in a field, and leave it."""
        from selenium.webdriver.common.keys import Keys

        field = self.element(name, "input")
        field.send_keys(Keys.END, Keys.BACKSPACE * 40, text, Keys.ENTER)

    def choose(self, name, value):
        self.run("model(arguments[0]).value = arguments[1]", name, value)

    def until(self, condition):
        """Wait for a condition; return what it returned."""
        end = time.monotonic() + PATIENCE
        while not (found := condition()):
            assert time.monotonic() < end, "the page did not do what was expected"
            time.sleep(0.05)
        return found

    def downloaded(self, name):
        """Wait for a file of that name and return its bytes."""
        path = self.downloads / name
        self.until(path.exists)
        return path.read_bytes()

    def requested(self):
        """Return the addresses of everything that the page has asked for since the last call."""
        import json

        events = [json.loads(e["message"])["message"] for e in self.driver.get_log("performance")]
        return [
            e["params"]["request"]["url"]
            for e in events
            if e["method"] == "Network.requestWillBeSent"
        ]


def tab(folder):
    """Return a tab, or skip where there is no browser."""
    pytest.importorskip("selenium")
    for file in (CHROMIUM, DRIVER):
        if not file.exists():
            pytest.skip(f"there is no {file}; apt-get install chromium chromium-driver")
    return Tab(folder)


@contextlib.contextmanager
def serving(*command):
    """Run a command that serves the page; yield the address that it prints."""
    process = subprocess.Popen(
        [sys.executable, *command],
        stdout=subprocess.PIPE,
        stderr=subprocess.DEVNULL,
        text=True,
        env={**os.environ, "OMP_NUM_THREADS": "1"},
    )
    assert process.stdout is not None
    try:
        yield process.stdout.readline().split()[-1]
    finally:
        process.terminate()
        process.wait()
        process.stdout.close()
