"""Draw the pictures of docs/reram.md and docs/oscillators.md: `make pictures`.

Usage: python benchmarks/pictures/truths.py [NAME ...]
"""

import importlib
import sys
from pathlib import Path

import matplotlib

matplotlib.use("Agg")
from matplotlib import pyplot as plt
from oscillators import PICTURES

sys.path.append(str(Path(__file__).parents[1]))  # the truths lie beside this folder
FOLDER = Path(__file__).parents[2] / "docs" / "pictures"
TRUTHS = (
    "equilibrium", "screening", "emission", "bar", "lowering", "redistribution", "hysteresis",
    "continuity", "convergence", "time_loop", "tcad", "literature", "closed_form",
)  # fmt: skip
STYLE = {
    "figure.dpi": 110, "savefig.dpi": 110, "font.size": 9,
    "axes.titlesize": 9, "axes.grid": True, "grid.alpha": 0.3, "grid.linewidth": 0.5,
    "legend.frameon": False, "legend.fontsize": 8, "lines.linewidth": 1.4,
}  # fmt: skip


def draw(name):
    """Draw one system or truth into docs/pictures."""
    if name in PICTURES:
        figure, axes = plt.subplots(1, 2, figsize=(8.4, 3.0), layout="constrained")
        PICTURES[name](axes)
        figure.savefig(FOLDER / f"oscillators-{name}.png")
        plt.close(figure)
        return
    truth = importlib.import_module(f"verification.{name}")
    panels = getattr(truth, "PANELS", 1)
    figure, axes = plt.subplots(1, panels, figsize=(2.0 + 3.6 * panels, 3.6), layout="constrained")
    truth.draw(axes)
    figure.savefig(FOLDER / f"verify-{name}.png")
    plt.close(figure)


if __name__ == "__main__":
    plt.rcParams.update(STYLE)
    for name in sys.argv[1:] or (*TRUTHS, *PICTURES):
        draw(name)
