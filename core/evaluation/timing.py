"""Compare the time that a surrogate needs for a curve with that of a simulation."""

import time
from typing import TYPE_CHECKING

import numpy as np

from ..generation import simulate_safely
from ..surrogate.inputs import Conditions
from ..systems.capabilities import batch_of

ALONE = "simulation, alone"
SINGLES = 9  # systems predicted one by one: a coarse solve takes longer for some

if TYPE_CHECKING:
    import xarray as xr

    from ..surrogate.surrogate import Surrogate


def seconds_per_curve(
    surrogate: "Surrogate",
    given: Conditions,
    store: "xr.Dataset",
) -> dict[str, float | None]:
    """Return the surrogate's time for one curve and the median time of a simulation, in s.

    The recorded times of a simulator of batches are those of a sample in a batch. One system is
    therefore simulated alone as well, beside which a single prediction stands.

    Args:
        surrogate: The surrogate, timed for single curves, of which the median is returned, and for
            all curves at once.
        given: The systems and drives that it predicts.
        store: The simulations, with their `wall_time`.
    """

    def seconds(rows: slice, repeats: int) -> float:
        best = float("inf")
        for _ in range(repeats):
            started = time.perf_counter()
            surrogate.predict(
                {name: values[rows] for name, values in given.parameters.items()},
                {name: values[rows] for name, values in given.series.items()},
                given.time[rows],
                None if given.duration is None else given.duration[rows],
            )
            best = min(best, time.perf_counter() - started)
        return best / len(given.time[rows])

    size = len(given.time)
    chosen = np.unique(np.linspace(0, size - 1, min(SINGLES, size)).astype(int))
    wall = store["wall_time"].values if "wall_time" in store else np.array([np.nan])
    known = wall[np.isfinite(wall)]
    return {
        "surrogate, one curve": float(np.median([seconds(slice(i, i + 1), 2) for i in chosen])),
        f"surrogate, batch of {size}": seconds(slice(None), 2),
        "simulation, median": float(np.median(known)) if known.size else None,
        **_alone(surrogate, given),
    }


def _alone(surrogate: "Surrogate", given: Conditions) -> dict[str, float | None]:
    """Return the time of a simulation of one system, where `wall_time` is that of batches."""
    if batch_of(surrogate.simulator) is None:
        return {}
    one = {name: float(values[0]) for name, values in given.parameters.items()}
    simulate_safely(surrogate.simulator, one)  # imports and compiles
    started = time.perf_counter()
    simulate_safely(surrogate.simulator, one)
    return {ALONE: time.perf_counter() - started}
