"""Make the pictures and the table of the README: `make pictures`.

Usage: python benchmarks/pictures/front_page.py [--run FOLDER]

The run is `dynsur run reram-tmdc --samples 200`, which is done or resumed first. What the pictures
and the table show is recorded in docs/pictures/front_page.json, by which tests/test_front_page.py
sees whether they are older than the program.
"""

import argparse
import hashlib
import json
import re
import shutil
import subprocess
import tempfile
from pathlib import Path

import dynsur
import matplotlib

matplotlib.use("Agg")
from dynsur.core.reporting import accuracy_tables, duration, plot_trajectory
from dynsur.core.reporting.figures.loops import loops_figure
from dynsur.core.reporting.figures.predictions import choose_titled
from dynsur.core.store import finished

ROOT = Path(__file__).parents[2]
PICTURES = ROOT / "docs" / "pictures"
RECORD = PICTURES / "front_page.json"
COMMAND = "dynsur run reram-tmdc --samples 200"
DEVICE = {"E_g": 1.3, "mu_x": 5e-14, "simulator.fields": 9}
OUTPUT = "current"
WITNESSES = 2  # held-out devices whose simulations say whether the run is of today's solver
BEGIN, END = "<!-- made by benchmarks/pictures/front_page.py -->", "<!-- until here -->"
COLUMNS = ("model", "coarse solve", "closed form", "nearest neighbour")


def main():
    """Do the run, draw the pictures, and put the record and the README in step."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--run", type=Path, default=ROOT / "runs" / "front-page")
    folder = parser.parse_args().run
    settings = {"training.threads": 1}
    run = dynsur.run("reram-tmdc", folder, samples=200, settings=settings, workers=2)
    draw_loops(run)
    device = draw_device()
    draw_report(run)
    pictures = ("predicted.png", "device.png", "report.png")
    record = {
        "table": table(run.metrics),
        "sentence": sentence(run),
        "device": device,
        "witnesses": witnesses(run),
        "pictures": {name: checksum(PICTURES / name) for name in pictures},
    }
    RECORD.write_text(json.dumps(record, indent=1, ensure_ascii=False) + "\n", encoding="utf-8")
    page = ROOT / "README.md"
    page.write_text(filled(page.read_text("utf-8"), record), encoding="utf-8")


def draw_loops(run):
    """Draw a good, the median and the worst loop of the held-out devices."""
    chosen = choose_titled(run.predictions, OUTPUT)[:3]
    floor = float(run.metrics["floor"])
    figure = loops_figure(run.predictions, finished(run.store), OUTPUT, chosen, floor)
    figure.savefig(PICTURES / "predicted.png", dpi=80)


def draw_device():
    """Draw the device of the README's command and return what tells it from another solver's."""
    simulator = dynsur.configure(dynsur.host(), "reram", DEVICE).simulator
    data = simulator.simulate(simulator.space.values())
    with tempfile.TemporaryDirectory() as folder:
        path = Path(folder) / "device.png"
        plot_trajectory(data, path)
        shutil.copyfile(path, PICTURES / "device.png")
    return told(data)


def told(data):
    """Return numbers of a trajectory that a change of the solver changes."""
    current = data[OUTPUT].values
    return {"peak": float(abs(current).max()), "sum": float(abs(current).sum())}


def witnesses(run):
    """Return the parameters of some held-out devices and what their simulations gave."""
    store, found = run.store, []
    for sample in run.predictions["sample"].values[:WITNESSES]:
        row = store.isel(sample=int(sample))
        names = [n for n in row.data_vars if row[n].attrs.get("role") == "parameter"]
        found.append({"parameters": {n: float(row[n]) for n in names}, **told(row)})
    return found


def draw_report(run):
    """Photograph the beginning of the report with a browser."""
    browser = shutil.which("chromium") or shutil.which("google-chrome")
    if browser is None:
        raise SystemExit("chromium is needed to photograph the report.")
    options = ("--headless", "--no-sandbox", "--hide-scrollbars", "--window-size=900,1040")
    picture = PICTURES / "report.png"
    subprocess.run(
        [browser, *options, f"--screenshot={picture}", run.report.absolute().as_uri()],
        check=True,
        capture_output=True,
        timeout=120,
    )


def table(metrics):
    """Return the errors of the model and of what needs no training as a table in Markdown."""
    ((_, columns, rows),) = accuracy_tables(metrics)
    places = [columns.index(name) for name in COLUMNS]
    lines = [
        "| median of held-out devices | " + " | ".join(COLUMNS) + " |",
        "|" + "---|" * (1 + len(COLUMNS)),
        *(f"| {name} | " + " | ".join(cells[k] for k in places) + " |" for name, cells in rows),
    ]
    return "\n".join(lines)


def sentence(run):
    """Say how many devices there are and how fast the model is."""
    metrics, total = run.metrics, run.store.sizes["sample"]
    times = metrics["seconds_per_curve"]
    lost = total - sum(metrics["split"][part] for part in ("train", "validation", "test"))
    (batch,) = (key for key in times if key.startswith("surrogate, batch"))
    left_out = f"; {lost} were left out, since the coarse solve fails for them" if lost else ""
    return (
        f"The {metrics['n']} devices were held out of the {total} that `{COMMAND}` simulates"
        f"{left_out}. One simulation took "
        f"{duration(times['simulation, median'])}, and a prediction in a batch "
        f"{duration(times[batch])}, of which the coarse solve is most."
    )


def filled(page, record):
    """Return the README with the table and the sentence of a record between the marks."""
    block = f"{BEGIN}\n\n{record['table']}\n\n{record['sentence']}\n\n{END}"
    return re.sub(f"{re.escape(BEGIN)}.*?{re.escape(END)}", lambda _: block, page, flags=re.S)


def checksum(path):
    """Return the hash of a file."""
    return hashlib.sha256(path.read_bytes()).hexdigest()


if __name__ == "__main__":
    main()
