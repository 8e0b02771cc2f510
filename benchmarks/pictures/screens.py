"""Screenshots of the explorer and of the documentation site: `make screens`.

Opens `dynsur explore vteam` and the site of `make docs` in chromium and writes
docs/pictures/explorer.png and docs/pictures/site.png.
"""

import sys
import tempfile
import time
from pathlib import Path

ROOT = Path(__file__).parents[2]
sys.path.append(str(ROOT / "tests" / "core" / "toys"))

from browsing import serving, tab  # noqa: E402

PICTURES = ROOT / "docs" / "pictures"
LINK = "?a.U_max=1.0&b.U_max=0.8&b.v_on=-0.4"


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
