"""Write a front of designs as a table, a picture and a page in words."""

import csv
import itertools
from pathlib import Path
from typing import TYPE_CHECKING

import numpy as np

from ..files import replacing_file
from ..store.zarr_group import writing
from .words import about, headline

if TYPE_CHECKING:
    import xarray as xr
    from matplotlib.axes import Axes
    from matplotlib.figure import Figure

MODEL, SOLVER, ODD = "#4477aa", "#228833", "#ee6677"
MOST_PANELS = 3


def write_front(front: "xr.Dataset", folder: Path) -> list[Path]:
    """Write front.csv, front.png and report.html to a folder, and return the files.

    Args:
        front: As returned by `design`.
        folder: The folder, which may exist.

    Raises:
        DynsurError: A file cannot be written.
    """
    from ..reporting.pages import render, save_figures, write_page

    with writing(str(folder)):
        folder.mkdir(parents=True, exist_ok=True)
        table = folder / "front.csv"
        with replacing_file(table) as partial:
            _write_rows(front, partial)
        figures = save_figures(folder, {"front": (_figure(front), "")})
        picture = folder / "figures" / "front.png"
        page = write_page(
            folder / "report.html",
            render(
                "design.html",
                title=front.attrs["title"],
                headline=headline(front),
                about=about(front),
                picture=figures["front"][0],
                rows=_rows(front),
                titles=_titles(front),
            ),
        )
    return [table, picture, page]


def _titles(front: "xr.Dataset") -> list[str]:
    objectives = zip(front["objective"].values, front["units"].values, strict=True)
    shown = [
        f"{name} ({unit})" if unit not in ("", "1") else str(name) for name, unit in objectives
    ]
    kinds = ("predicted", "worst", "simulated", "deviation")
    columns = [f"{kind} {name}" for name in shown for kind in kinds]
    return ["point", *front.attrs["varied"], *columns, "meets", "met", "best", "unfamiliar",
            "reason"]  # fmt: skip


def _cells(front: "xr.Dataset", i: int) -> list[object]:
    numbers = [float(front[name].values[i]) for name in front.attrs["varied"]]
    for j in range(front.sizes["objective"]):
        kinds = ("predicted", "worst", "simulated", "deviation")
        numbers += [float(front[kind].values[i, j]) for kind in kinds]
    flags = [bool(front[name].values[i]) for name in ("meets", "met", "best")]
    return [i + 1, *numbers, *flags, front["unfamiliar"].values[i], front["reason"].values[i]]


def _write_rows(front: "xr.Dataset", path: Path) -> None:
    with path.open("w", newline="", encoding="utf-8") as file:
        writer = csv.writer(file)
        writer.writerow(_titles(front))
        writer.writerows(_cells(front, i) for i in range(front.sizes["point"]))


def front_rows(front: "xr.Dataset") -> list[dict[str, object]]:
    """Return the rows of front.csv, values by column."""
    titles = _titles(front)
    return [dict(zip(titles, _cells(front, i), strict=True)) for i in range(front.sizes["point"])]


def _rows(front: "xr.Dataset") -> list[list[str]]:
    words = {True: "yes", False: "no"}
    return [
        [
            f"{cell:.4g}" if isinstance(cell, float) else words.get(cell, str(cell))
            if isinstance(cell, bool)
            else str(cell)
            for cell in _cells(front, i)
        ]
        for i in range(front.sizes["point"])
    ]  # fmt: skip


def _figure(front: "xr.Dataset") -> "Figure":
    """Draw every pair of objectives: predicted, simulated, and lines that join the two."""
    from ..reporting import plots

    count = front.sizes["objective"]
    pairs = list(itertools.combinations(range(count), 2))[:MOST_PANELS] or [(0, 0)]
    figure = plots.new_figure(5.6 * len(pairs), 4.4)
    for panel, (x, y) in zip(figure.subplots(1, len(pairs), squeeze=False)[0], pairs, strict=True):
        if count == 1:
            _single(panel, front)
        else:
            _pair(panel, front, x, y)
    return figure


def _pair(panel: "Axes", front: "xr.Dataset", x: int, y: int) -> None:
    predicted, simulated = front["predicted"].values, front["simulated"].values
    for one, other in zip(predicted, simulated, strict=True):
        panel.plot([one[x], other[x]], [one[y], other[y]], color="0.75", lw=0.8, zorder=1)
    panel.scatter(predicted[:, x], predicted[:, y], s=16, color=MODEL, label="searched", zorder=2)
    met, best = front["met"].values, front["best"].values
    panel.scatter(simulated[met, x], simulated[met, y], s=16, color=SOLVER, marker="s",
                  label="simulated", zorder=3)  # fmt: skip
    panel.scatter(simulated[~met, x], simulated[~met, y], s=22, color=ODD, marker="x",
                  label="simulated, a constraint is broken", zorder=3)  # fmt: skip
    order = np.flatnonzero(best)[np.argsort(simulated[best, x])]
    panel.plot(simulated[order, x], simulated[order, y], color=SOLVER, lw=1.0, zorder=2)
    odd = np.array([bool(text) for text in front["unfamiliar"].values], bool)
    if odd.any():
        panel.scatter(predicted[odd, x], predicted[odd, y], s=60, facecolors="none",
                      edgecolors=ODD, label="outside of the training", zorder=4)  # fmt: skip
    for axis, j in (("x", x), ("y", y)):
        unit = front["units"].values[j]
        shown = f" ({unit})" if unit not in ("", "1") else ""
        getattr(panel, f"set_{axis}label")(
            f"{front['objective'].values[j]}{shown}, {front['aim'].values[j]}"
        )
        if front["logarithmic"].values[j]:
            getattr(panel, f"set_{axis}scale")("log")
    panel.legend(fontsize="small")


def _single(panel: "Axes", front: "xr.Dataset") -> None:
    points = np.arange(1, front.sizes["point"] + 1)
    panel.scatter(points, front["predicted"].values[:, 0], color=MODEL, label="searched")
    panel.scatter(points, front["simulated"].values[:, 0], color=SOLVER, marker="s",
                  label="simulated")  # fmt: skip
    panel.set_xlabel("design")
    panel.set_ylabel(f"{front['objective'].values[0]}, {front['aim'].values[0]}")
    panel.legend(fontsize="small")
