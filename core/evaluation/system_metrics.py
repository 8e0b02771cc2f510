"""Compute and summarise the metrics that a system defines for itself."""

from collections.abc import Mapping
from typing import TYPE_CHECKING, Any

import numpy as np

from ..systems.capabilities import Columns, own_metrics
from ..systems.simulator import Simulator
from ..systems.variables import Variable

if TYPE_CHECKING:
    import xarray as xr


def own_metrics_of_all(
    simulator: Simulator, guesses: Mapping[str, Columns], held: "xr.Dataset", time: np.ndarray
) -> dict[str, dict[Variable, np.ndarray]]:
    """Return the simulator's own metrics for every predictor that predicts all outputs."""
    outputs = [v.name for v in simulator.outputs]
    simulated = {name: held[name].values for name in outputs}
    found = {
        name: own_metrics(simulator, guess, simulated, time)
        for name, guess in guesses.items()
        if guess.keys() == simulated.keys()
    }
    return {name: metrics for name, metrics in found.items() if metrics}


def spread(values: np.ndarray) -> dict[str, Any]:
    """Summarise a system's own metric, for which large or small values may be good."""
    known = values[np.isfinite(values)]
    if not known.size:
        return {"median": None, "p5": None, "p95": None, "n": 0}
    low, median, high = (float(q) for q in np.quantile(known, [0.05, 0.5, 0.95]))
    return {"median": median, "p5": low, "p95": high, "n": int(known.size)}
