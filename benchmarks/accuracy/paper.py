"""Puts the numbers and pictures of a reproduction into docs/paper.md: `make paper`.

Usage: python benchmarks/accuracy/paper.py [reproductions/reram]
"""

import json
import re
import sys
from pathlib import Path

from dynsur.core.reporting import duration
from dynsur.core.reproduction import METRICS, accuracy_rows
from PIL import Image

PAGE = Path(__file__).parents[2] / "docs" / "paper.md"
COLOURS = 64  # of a picture: a third of the size, and no difference to see
WIDTH = 1100  # pixels


def main(folder):
    """Write the tables between their marks, and the pictures."""
    found = json.loads((folder / "reproduction.json").read_text())
    text = PAGE.read_text()
    for name, table in {
        "accuracy": accuracy(found),
        "runs": runs(found),
        "times": times(found),
    }.items():
        text, count = re.subn(
            rf"(<!-- {name} -->\n).*?(<!-- end -->)", lambda m, t=table: m[1] + t + m[2], text,
            flags=re.S,
        )  # fmt: skip
        if count != 1:
            sys.exit(f"docs/paper.md needs the mark <!-- {name} --> once; it has it {count} times.")
    PAGE.write_text(text)
    for path in sorted((folder / "figures").glob("*.png")):
        shrink(path, PAGE.parent / "pictures" / f"paper-{path.name}")


def accuracy(found):
    """Return the table of means ± standard deviations."""
    names = ["as published", *(words(found, name) for name in found["accuracy"])]
    return table(["", *names], [[name, *cells] for name, cells in accuracy_rows(found)])


def runs(found):
    """Return the table of every run's MSE."""
    rows = [
        [str(seed), *(f"{m['mse_minmax']['runs'][k]:.2g}" for m in found["accuracy"].values())]
        for k, seed in enumerate(found["seeds"])
    ]
    return table([f"{METRICS['mse_minmax']}: seed", *found["accuracy"]], rows)


def times(found):
    """Return the table of times."""
    said, here = found["times"]["published"], found["times"]
    rows = [
        ["training, " + words(found, name), said["training"], duration(summary["mean"])]
        for name, summary in here["training"].items()
    ]
    rows.append(
        ["one simulation, median", said["simulation"], duration(here["simulation"]["median"])]
    )
    rows += [
        ["one curve predicted, " + words(found, name), "–", duration(summary["mean"])]
        for name, summary in here["one predicted curve"].items()
    ]
    return table(["", "paper", "here"], rows)


def words(found, name):
    """Name a predictor as the page does."""
    dataset = found["datasets"].get(name)
    return {"published": "the paper's scales", "default": "our default"}[name] if dataset else name


def table(head, rows):
    """Return a table in Markdown."""
    lines = [head, ["---"] * len(head), *rows]
    return "".join("| " + " | ".join(cells) + " |\n" for cells in lines)


def shrink(path, to):
    """Write a picture with few colours, no wider than a page."""
    with Image.open(path) as picture:
        plain = picture.convert("RGB")
        plain.thumbnail((WIDTH, 4 * WIDTH), Image.Resampling.LANCZOS)
        plain.quantize(COLOURS).save(to, optimize=True)


if __name__ == "__main__":
    main(Path(sys.argv[1] if len(sys.argv) > 1 else "reproductions/reram"))
