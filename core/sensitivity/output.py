"""Write indices as a table and as pictures."""

import csv
from pathlib import Path
from typing import TYPE_CHECKING, Any

import numpy as np

from ..files import replacing_file
from ..store.zarr_group import writing
from .indices import KINDS

if TYPE_CHECKING:
    import xarray as xr
    from matplotlib.figure import Figure

Z95 = 1.959963984540054
COLOURS = {"first": "#4477aa", "total": "#ee6677", "shapley": "#228833"}
LABELS = {"first": "first order", "total": "total", "shapley": "Shapley"}
MOST_LINES = 8  # parameters drawn over time


def intervals(found: "xr.Dataset", kind: str) -> tuple[np.ndarray, np.ndarray]:
    """Return the ends of the 95 % confidence intervals of an index, [quantity, parameter].

    The bootstrap's standard error and the standard deviation by the model's error add in squares.
    """
    value = found[kind].values
    error = Z95 * np.hypot(found[f"{kind}_sampling"].values, found[f"{kind}_model"].values)
    return value - error, value + error


def write_indices(found: "xr.Dataset", folder: Path) -> list[Path]:
    """Write indices.csv and the pictures of indices to a folder, and return the files.

    Raises:
        DynsurError: A file cannot be written.
    """
    with writing(str(folder)):
        folder.mkdir(parents=True, exist_ok=True)
        table = folder / "indices.csv"
        with replacing_file(table) as partial:
            rows = index_rows(found)
            with partial.open("w", newline="", encoding="utf-8") as file:
                writer = csv.DictWriter(file, list(rows[0]))
                writer.writeheader()
                writer.writerows(rows)
    return [table, *_draw(found, folder)]


def index_rows(found: "xr.Dataset") -> list[dict[str, Any]]:
    """Return the rows of indices.csv: one for each quantity and parameter, values by column."""
    ends = {kind: intervals(found, kind) for kind in KINDS}
    rows = []
    for i, quantity in enumerate(found["quantity"].values):
        phase = float(found["phase"][i])
        for j, parameter in enumerate(found["parameter"].values):
            row: dict[str, Any] = {
                "quantity": quantity,
                "phase": "" if np.isnan(phase) else phase,
                "parameter": parameter,
            }
            for kind in KINDS:
                row[kind] = float(found[kind].values[i, j])
                row[f"{kind}_low"], row[f"{kind}_high"] = (float(e[i, j]) for e in ends[kind])
                for error in ("sampling", "model"):
                    row[f"{kind}_{error}"] = float(found[f"{kind}_{error}"].values[i, j])
            row |= {name: found[name].values[i] for name in ("scale", "method", "share")}
            rows.append(row)
    return rows


def _draw(found: "xr.Dataset", folder: Path) -> list[Path]:
    from ..reporting import plots

    files = []
    for i in np.flatnonzero(np.isnan(found["phase"].values)):
        path = folder / f"{found['quantity'].values[i]}.png"
        plots.save(_bars(found.isel(quantity=i)), path)
        files.append(path)
    over_time = found.isel(quantity=np.flatnonzero(~np.isnan(found["phase"].values)))
    if over_time.sizes["quantity"]:
        path = folder / f"{over_time['quantity'].values[0]}_over_time.png"
        plots.save(_lines(over_time), path)
        files.append(path)
    return files


def _bars(row: "xr.Dataset") -> "Figure":
    """Draw the three indices of every parameter, the most influential first."""
    from ..reporting import plots

    order = np.argsort(-row["shapley"].values)
    figure = plots.new_figure(7.0, 1.4 + 0.34 * len(order))
    axes = figure.subplots()
    for k, kind in enumerate(KINDS):
        error = Z95 * np.hypot(row[f"{kind}_sampling"].values, row[f"{kind}_model"].values)
        axes.barh(np.arange(len(order)) + 0.26 * (k - 1), row[kind].values[order], height=0.24,
                  xerr=error[order], color=COLOURS[kind], label=LABELS[kind],
                  error_kw={"lw": 0.8})  # fmt: skip
    axes.set_yticks(np.arange(len(order)), row["parameter"].values[order])
    axes.invert_yaxis()
    axes.set_xlabel("share of the variance")
    axes.axvline(0.0, color="0.6", lw=0.8)
    axes.set_title(f"{row['quantity'].item()} ({row['scale'].item()})")
    axes.legend()
    return figure


def _lines(found: "xr.Dataset") -> "Figure":
    """Draw total indices and Shapley effects over time, of the most influential parameters."""
    from ..reporting import plots

    strongest = np.argsort(-np.nanmax(found["total"].values, axis=0))[:MOST_LINES]
    figure = plots.new_figure(9.6, 3.8)
    panels = figure.subplots(1, 2, sharex=True, sharey=True)
    for panel, kind in zip(panels, ("total", "shapley"), strict=True):
        low, high = intervals(found, kind)
        for j in strongest:
            (line,) = panel.plot(found["phase"], found[kind].values[:, j],
                                 label=found["parameter"].values[j])  # fmt: skip
            panel.fill_between(found["phase"], low[:, j], high[:, j], color=line.get_color(),
                               alpha=0.2, lw=0)  # fmt: skip
        panel.set_title(f"{found['quantity'].values[0]}, {LABELS[kind]}")
        panel.set_xlabel("time as a share of the duration")
    panels[0].set_ylim(-0.1, 1.1)
    panels[0].set_ylabel("share of the variance")
    panels[1].legend(fontsize="small")
    return figure
