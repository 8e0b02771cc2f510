"""Screenshots of the explorer and of the documentation site: `make screens`.

Opens `dynsur explore vteam` and the site of `make docs` in chromium and writes
docs/pictures/explorer.png and docs/pictures/site.png. What they show is recorded in
docs/pictures/screens.json, by which tests/test_screens.py sees whether they are older than the
program.
"""

import json
import re
import sys
import tempfile
import time
from pathlib import Path
from unittest.mock import create_autospec
from urllib.parse import parse_qsl

ROOT = Path(__file__).parents[2]
sys.path.append(str(ROOT / "tests" / "core" / "toys"))

from browsing import serving, tab  # noqa: E402
from dynsur.core.exploring import State  # noqa: E402
from dynsur.core.exploring.answers import columns_of  # noqa: E402
from dynsur.core.exploring.server import usual_drive  # noqa: E402
from dynsur.core.exploring.state import read_query  # noqa: E402
from dynsur.core.response import open_responder  # noqa: E402
from front_page import PICTURES, checksum  # noqa: E402

RECORD = PICTURES / "screens.json"
SHOWN = ("explorer.png", "site.png")
LINK = "?a.U_max=1.0&b.U_max=0.8&b.v_on=-0.4"


def explored():
    """Return what the explorer shows: every text of its page, and numbers of its curves."""
    responder = open_responder("vteam")
    outputs = tuple(v.name for v in responder.simulator.outputs)
    link = dict(parse_qsl(LINK.removeprefix("?")))
    state, _ = read_query(link, responder.space, outputs, usual_drive(responder))
    answer = responder.respond(columns_of(state))
    curve = answer.outputs[state.output]
    return {
        "texts": texts(responder.simulator, state),
        "peaks": abs(curve).max(axis=1).tolist(),
        "sums": abs(curve).sum(axis=1).tolist(),
    }


def texts(simulator, state: State):
    """Return every text of the explorer's page before anything was answered, in order."""
    from dynsur.core.exploring.page import Page
    from dynsur.core.exploring.widgets import Arrangement, Figures

    figures = Figures(simulator, state.output, predicted=False)
    root = Arrangement("vteam", simulator, state, figures, create_autospec(Page)).root
    words = ("text", "title", "label", "axis_label")
    found = {
        str(value)
        for model in root.references()
        for word in words
        if isinstance(value := getattr(model, word, None), str) and value
    }
    return sorted(found)


def gallery():
    """Return the titles of the gallery's examples, in order."""
    index = (ROOT / "docs/examples/index.md").read_text("utf-8")
    return re.findall(r"^:::\{grid-item-card\} (.+)$", index, re.M)


def explorer(opened):
    """Draw two devices, simulated by the solver as well."""
    command = ("-m", "dynsur.cli.main", "explore", "vteam", "--no-browser")
    with serving(*command) as address:
        opened.open(address + LINK)
        opened.click("simulate")
        opened.until(lambda: len(opened.data("solved-b")["time"]) or opened.text("message"))
        time.sleep(2.0)  # until all is drawn
        opened.driver.set_window_size(1400, 1240)
        time.sleep(1.0)
        opened.driver.save_screenshot(str(PICTURES / "explorer.png"))


def site(opened):
    """Draw the gallery of examples."""
    page = ROOT / "build/site/examples/index.html"
    if not page.exists():
        raise SystemExit("there is no build/site; run `make docs` first")
    opened.driver.set_window_size(1400, 1100)
    opened.driver.get(page.as_uri())
    time.sleep(1.0)
    opened.driver.save_screenshot(str(PICTURES / "site.png"))


if __name__ == "__main__":
    with tempfile.TemporaryDirectory() as scratch:
        opened = tab(Path(scratch))
        try:
            explorer(opened)
            site(opened)
        finally:
            opened.driver.quit()
    record = {
        "explorer": explored(),
        "gallery": gallery(),
        "pictures": {name: checksum(PICTURES / name) for name in SHOWN},
    }
    RECORD.write_text(json.dumps(record, indent=1, ensure_ascii=False) + "\n", encoding="utf-8")
