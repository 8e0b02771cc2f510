"""Compare the time that a surrogate needs for a curve with that of a simulation."""

import time
from typing import TYPE_CHECKING

import numpy as np

from ..surrogate.inputs import Conditions

if TYPE_CHECKING:
    import xarray as xr

    from ..surrogate.surrogate import Surrogate


def seconds_per_curve(
    surrogate: "Surrogate",
    given: Conditions,
    store: "xr.Dataset",
) -> dict[str, float | None]:
    """Return the surrogate's time for one curve and the median time of a simulation, in s.

    Args:
        surrogate: The surrogate, timed for a single curve and for all curves at once.
        given: The systems and drives that it predicts.
        store: The simulations, with their `wall_time`.
    """

    def seconds(count: int, repeats: int) -> float:
        best = float("inf")
        for _ in range(repeats):
            started = time.perf_counter()
            surrogate.predict(
                {name: values[:count] for name, values in given.parameters.items()},
                {name: values[:count] for name, values in given.series.items()},
                given.time[:count],
                None if given.duration is None else given.duration[:count],
            )
            best = min(best, time.perf_counter() - started)
        return best / count

    size = len(given.time)
    wall = store["wall_time"].values if "wall_time" in store else np.array([np.nan])
    known = wall[np.isfinite(wall)]
    return {
        "surrogate, one curve": seconds(1, 5),
        f"surrogate, batch of {size}": seconds(size, 2),
        "simulation, median": float(np.median(known)) if known.size else None,
    }
