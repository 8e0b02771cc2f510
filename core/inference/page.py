"""The report of a fit: one page, with loops, predictive bands, residuals, and a corner plot."""

from pathlib import Path
from typing import TYPE_CHECKING, Any

import numpy as np

from ..reporting.labels import unit_text
from ..reporting.pages import render, save_figures, write_page
from ..reporting.plots import new_figure
from ..systems.parameters import Parameter
from ..systems.variables import Variable
from .determined import weighted_quantiles
from .fitting import Fit

if TYPE_CHECKING:
    from matplotlib.figure import Figure

MOST_SHOWN = 8  # parameters in a corner plot
MOST_POINTS = 800  # draws in a panel
BINS = 30


def write_fit_page(fit: Fit, folder: str | Path) -> Path:
    """Write `report.html` and the pictures of a fit.

    Args:
        fit: A finished fit.
        folder: Its folder.
    """
    folder = Path(folder)
    summary = fit.summary
    simulator = fit.likelihood.responder.simulator
    rows = sorted(summary["parameters"], key=lambda entry: -entry["contraction"])
    page = render(
        "fit.html",
        system=simulator.name,
        asked=summary["asked"],
        words=summary["in_words"],
        rows=rows,
        loops=summary["loops"],
        modes=summary["modes"],
        device=summary["device"],
        settled=summary["settled_by_drive"],
        understood=[loop.summary for loop in fit.likelihood.loops],
        facts={
            "draws": summary["draws"],
            "likelihoods computed": summary["evaluations"],
            "ln evidence of each chain": ", ".join(f"{v:.2f}" for v in summary["log_evidence"]),
            "agreement of the chains, R̂": f"{summary['chains_agree']:.3f}",
            "draws simulated by the solver": summary["checked"],
        },
        failures=summary["failures"],
        figures=save_figures(folder, draw_fit(fit)),
    )
    return write_page(folder / "report.html", page)


def draw_fit(fit: Fit) -> dict[str, tuple["Figure", str]]:
    """Return every picture of a fit by name, with its caption."""
    figures = {}
    for number, loop in enumerate(fit.likelihood.loops):
        figures[f"loop_{number}"] = (
            _loop(fit, number),
            f"{loop.name}: measured points and the 90 % band of the posterior, simulated by the "
            "solver where it was asked. Grey points are left out of the fit.",
        )
        figures[f"residuals_{number}"] = (
            _residuals(fit, number),
            f"{loop.name}: measured minus best device, in standard deviations of the noise.",
        )
    figures["corner"] = (
        _corner(fit),
        "Draws of the posterior for the parameters that the data determine most, on the axes of "
        "their prior ranges.",
    )
    return figures


def readings(fit: Fit, number: int) -> tuple[np.ndarray, np.ndarray]:
    """Return what the instrument would read of draws, [draw, point], and the draws' weights."""
    draws = fit.draws
    if draws.checked.size and np.isfinite(draws.simulated[number]).any():
        kept = np.isfinite(draws.simulated[number]).all(axis=1)
        weights = (
            draws.weighted.weights if fit.summary["weighted_by_solver"] else np.ones(kept.size)
        )
        return draws.simulated[number][kept], weights[kept] / weights[kept].sum()
    some = draws.flat[:: max(1, len(draws.flat) // 200)]
    model, _ = fit.likelihood.modelled(fit.likelihood.prior.values(some), number)
    return model, np.full(len(model), 1.0 / len(model))


def _band(rows: np.ndarray, weights: np.ndarray) -> np.ndarray:
    """Return the 5, 50 and 95 % quantiles at each point, shape [3, point]."""
    columns = [weighted_quantiles(column, weights, (0.05, 0.5, 0.95)) for column in rows.T]
    return np.array(columns).T


def _loop(fit: Fit, number: int) -> "Figure":
    from matplotlib.collections import PolyCollection

    loop, simulator = fit.likelihood.loops[number], fit.likelihood.responder.simulator
    drive, *others = simulator.inputs
    if others:
        return _over_time(fit, number)
    output = next(v for v in simulator.outputs if v.name == loop.quantity)
    low, middle, high = _band(*readings(fit, number))
    figure = new_figure(11, 4)
    linear, logarithmic, over_time = figure.subplots(1, 3)
    for axes, x, modulus in (
        (linear, loop.drive, False),
        (logarithmic, loop.drive, True),
        (over_time, loop.time, False),
    ):
        shown = [np.abs(c) if modulus else c for c in (loop.output, low, middle, high)]
        axes.plot(x[loop.used], shown[0][loop.used], ".", ms=3, color="k", label="measured")
        if not loop.used.all():
            axes.plot(x[~loop.used], shown[0][~loop.used], ".", ms=3, color="0.7", label="left out")
        axes.plot(x, shown[2], color="C0", lw=1, label="posterior median")
        if not modulus:
            corners = np.stack([np.stack([x, low], 1), np.stack([x, high], 1)])
            quads = [corners[[0, 0, 1, 1], [i, i + 1, i + 1, i]] for i in range(len(x) - 1)]
            axes.add_collection(PolyCollection(quads, color="C0", alpha=0.25, lw=0))
    logarithmic.set_yscale("log")
    floor = 1e-6 * loop.peak
    logarithmic.set_ylim(bottom=max(floor, float(np.abs(loop.output[loop.used]).min())) / 2)
    unit, of_drive = _label(output), _label(drive)
    linear.set(xlabel=of_drive, ylabel=unit)
    logarithmic.set(xlabel=of_drive, ylabel=f"|{unit}|")
    over_time.set(xlabel="time (s)", ylabel=unit)
    linear.legend(frameon=False, fontsize=8)
    return figure


def _over_time(fit: Fit, number: int) -> "Figure":
    """Draw an output of several inputs over time, and the inputs below it."""
    loop, simulator = fit.likelihood.loops[number], fit.likelihood.responder.simulator
    output = next(v for v in simulator.outputs if v.name == loop.quantity)
    low, middle, high = _band(*readings(fit, number))
    figure = new_figure(11, 5)
    above, below = figure.subplots(2, 1, sharex=True, height_ratios=[2, 1])
    used, time = loop.used, loop.time
    above.plot(time[used], loop.output[used], ".", ms=3, color="k", label="measured")
    above.plot(time[~used], loop.output[~used], ".", ms=3, color="0.7", label="left out")
    above.plot(time, middle, color="C0", lw=1, label="posterior median")
    above.fill_between(time, low, high, color="C0", alpha=0.25, lw=0)
    for variable, drive in zip(simulator.inputs, loop.drives, strict=True):
        below.plot(time, drive, lw=1, label=_label(variable))
    above.set(ylabel=_label(output))
    below.set(xlabel="time (s)")
    for axes in (above, below):
        axes.legend(frameon=False, fontsize=8)
    return figure


def _label(variable: Variable | Parameter) -> str:
    """Return the symbol and the unit of a quantity for an axis."""
    symbol = variable.symbol or variable.name
    if not symbol.startswith("$") and len(symbol) == 1:
        symbol = f"${symbol}$"
    units = unit_text(variable.units)
    return f"{symbol} ({units})" if units else symbol


def _residuals(fit: Fit, number: int) -> "Figure":
    likelihood, loop = fit.likelihood, fit.likelihood.loops[number]
    z, checked = fit.draws.best
    values = likelihood.prior.values(z[None])
    if checked is None:
        model = likelihood.modelled(values, number)[0][0]
    else:
        model = fit.draws.simulated[number][checked]
    spread = likelihood.deviation(values, loop, model[None])[0]
    figure = new_figure(8, 2.8)
    axes = figure.subplots()
    axes.axhspan(-2, 2, color="0.93")
    axes.axhline(0, color="0.6", lw=0.8)
    axes.plot(
        loop.time[loop.used], ((loop.output - model) / spread)[loop.used], ".", ms=3, color="C3"
    )
    axes.set(xlabel="time (s)", ylabel="residual / noise")
    return figure


def _corner(fit: Fit) -> "Figure":
    prior, summary = fit.likelihood.prior, fit.summary
    contraction = {entry["name"]: entry["contraction"] for entry in summary["parameters"]}
    told = [prior.names[i] for i in prior.readings]
    names = sorted(told, key=lambda name: -contraction[name])[:MOST_SHOWN]
    chosen = [p for name in names for p in prior.parameters if p.name == name]
    z, weights = fit.draws.weighed(summary["weighted_by_solver"])
    values = prior.values(z)
    rng = np.random.default_rng(0)
    shown = rng.choice(len(z), min(MOST_POINTS, len(z)), p=weights)
    count = len(chosen)
    figure = new_figure(1.6 * count + 1, 1.6 * count + 0.6)
    grid: Any = figure.subplots(count, count, squeeze=False)
    for i, p in enumerate(chosen):
        for j, q in enumerate(chosen):
            axes = grid[i][j]
            if j > i:
                axes.set_visible(False)
                continue
            if i == j:
                edges = q.from_unit(np.linspace(0.0, 1.0, BINS + 1))
                axes.hist(values[q.name], np.sort(edges), weights=weights, color="C0")
                axes.set_yticks([])
            else:
                axes.plot(values[q.name][shown], values[p.name][shown], ".", ms=2, alpha=0.4)
                axes.set_yscale(p.scale)
                axes.set_ylim(p.low, p.high)
            axes.set_xscale(q.scale)
            axes.minorticks_off()
            axes.set_xlim(q.low, q.high)
            if i == count - 1:
                axes.set_xlabel(_label(q), fontsize=8)
            if j == 0 and i > 0:
                axes.set_ylabel(_label(p), fontsize=8)
            axes.tick_params(labelsize=6, labelbottom=i == count - 1, labelleft=j == 0 and i > 0)
    return figure
