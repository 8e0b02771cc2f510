"""How often the page of `dynsur explore` draws a new curve while a slider moves.

Trains a small network of VTEAM memristors without a base, opens its page in chromium, moves a
slider every 16 ms for 5 s and counts the curves that arrive.

    python benchmarks/speed/explorer.py [RUN ...]
"""

import json
import subprocess
import sys
import tempfile
from pathlib import Path

sys.path.append(str(Path(__file__).parents[2] / "tests" / "core" / "toys"))

from browsing import serving, tab

SECONDS = 5.0
MOVE = """
const done = arguments[arguments.length - 1], seconds = arguments[0]
const models = [...Bokeh.documents[0]._all_models.values()]
const slider = models.find((m) => m.type === 'Slider')
const source = models.find((m) => m.name === 'quick-a')
let curves = 0, moves = 0
source.properties.data.change.connect(() => curves++)
const began = performance.now()
const move = () => {
  moves++
  slider.value = slider.start + (slider.end - slider.start) * (0.5 + 0.5 * Math.sin(moves / 30))
  if (performance.now() - began < 1000 * seconds) setTimeout(move, 16)
  else done([curves / seconds, moves / seconds])
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


def curves_a_second(run_folder: str) -> tuple[float, float]:
    """Return how many curves are drawn and how often the slider moves, a second."""
    with tempfile.TemporaryDirectory() as scratch:
        opened = tab(Path(scratch))
        try:
            with serving("-m", "dynsur.cli.main", "explore", run_folder, "--no-browser") as address:
                opened.open(address)
                opened.driver.set_script_timeout(60)
                opened.driver.execute_async_script(MOVE, 1.0)  # first calls compile
                curves, moves = opened.driver.execute_async_script(MOVE, SECONDS)
        finally:
            opened.driver.quit()
    return curves, moves


if __name__ == "__main__":
    with tempfile.TemporaryDirectory() as scratch:
        for folder in sys.argv[1:] or [small_network(Path(scratch) / "vteam")]:
            curves, moves = curves_a_second(folder)
            print(json.dumps({"run": folder, "curves_per_s": curves, "moves_per_s": moves}))
