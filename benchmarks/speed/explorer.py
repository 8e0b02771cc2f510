"""How often the page of `dynsur explore` draws a new curve while a slider moves.

Trains a small network of VTEAM memristors without a base, opens its page in chromium, moves a
slider every 16 ms for 5 s and counts how often the figure of the loop is painted with a curve that
it has not been painted with before. Everything takes part: the message of the slider, the network
with its bands, the message of the curve, and the painting of the loop, its logarithm and the curve
over time. Beside the rate stands the computing time of an update, which other programs on the
machine change less: that of the page's main thread, and that of the program that serves it.

    python benchmarks/speed/explorer.py [RUN ...]
"""

import json
import subprocess
import sys
import tempfile
from pathlib import Path
from typing import Any

import psutil

sys.path.append(str(Path(__file__).parents[2] / "tests" / "core" / "toys"))

from browsing import serving, tab

SECONDS = 5.0
MOVE = """
const done = arguments[arguments.length - 1], seconds = arguments[0]
const models = [...Bokeh.documents[0]._all_models.values()]
const slider = models.find((m) => m.type === 'Slider')
const source = models.find((m) => m.name === 'quick-a')
const figure = Bokeh.index.find_one(models.find((m) => m.name === 'input-output'))
let drawn = 0, moves = 0, last = source.data.output
const count = () => {
  if (source.data.output !== last) drawn++
  last = source.data.output
}
figure.repainted.connect(count)
const began = performance.now()
const move = () => {
  moves++
  slider.value = slider.start + (slider.end - slider.start) * (0.5 + 0.5 * Math.sin(moves / 30))
  if (performance.now() - began < 1000 * seconds) setTimeout(move, 16)
  else {
    figure.repainted.disconnect(count)
    done([drawn, moves, (performance.now() - began) / 1000])
  }
}
move()
"""


def small_network(folder: Path) -> str:
    """Train a network that is quick to evaluate; its accuracy does not matter here."""
    settings = ("dataset.base=none", "training.threads=1")
    command = [sys.executable, "-m", "dynsur.cli.main", "run", "vteam", "--samples", "48",
               "--epochs", "3", "--workers", "1", "--out", str(folder)]  # fmt: skip
    command += [word for setting in settings for word in ("--set", setting)]
    subprocess.run(command, check=True, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)
    return str(folder)


def page_seconds(driver: Any) -> float:
    """Return how long the page's main thread has computed, in s of its own clock."""
    metrics = driver.execute_cdp_cmd("Performance.getMetrics", {})["metrics"]
    return next(m["value"] for m in metrics if m["name"] == "TaskDuration")


def updates(run_folder: str) -> dict[str, float]:
    """Return how many curves are drawn a second and what each of them costs."""
    with tempfile.TemporaryDirectory() as scratch:
        opened = tab(Path(scratch))
        command = ("-m", "dynsur.cli.main", "explore", run_folder, "--no-browser")
        try:
            with serving(*command) as address:
                opened.open(address)
                driver = opened.driver
                driver.set_script_timeout(60)
                driver.execute_cdp_cmd("Performance.enable", {"timeDomain": "threadTicks"})
                driver.execute_async_script(MOVE, 1.0)  # first calls compile
                [server] = [c for c in psutil.Process().children() if "explore" in c.cmdline()]
                before = page_seconds(driver), sum(server.cpu_times()[:2])
                drawn, moves, seconds = driver.execute_async_script(MOVE, SECONDS)
                after = page_seconds(driver), sum(server.cpu_times()[:2])
        finally:
            opened.driver.quit()
    page, program = (1000 * (b - a) / drawn for a, b in zip(before, after, strict=True))
    return {
        "drawn_per_s": round(drawn / seconds, 1),
        "moves_per_s": round(moves / seconds, 1),
        "page_ms": round(page, 1),
        "program_ms": round(program, 1),
    }


if __name__ == "__main__":
    with tempfile.TemporaryDirectory() as scratch:
        for folder in sys.argv[1:] or [small_network(Path(scratch) / "vteam")]:
            print(json.dumps({"run": folder, **updates(folder)}))
