"""Time a surrogate's curve beside a simulation."""

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
    """Time the surrogate per curve, in s, beside the median simulation on the same store.

    Args:
        surrogate: What is timed, once for one curve and once for all at once.
        given: The systems and drives that it predicts.
        store: The simulations, whose `wall_time` is compared with.
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
