"""The front of designs: searched on a model, and every point of it simulated."""

from collections.abc import Callable
from typing import TYPE_CHECKING, Any

import numpy as np

from ..errors import DynsurError
from ..numbers import whole
from .candidates import Candidates, Judged
from .optimise import nondominated, optimise

if TYPE_CHECKING:
    import xarray as xr
    from distributed import Client

POPULATION, GENERATIONS = 100, 100
AGREEMENT = 0.05  # relative deviation of a model that counts as agreement


def design(
    candidates: Candidates,
    *,
    population: int = POPULATION,
    generations: int = GENERATIONS,
    points: int | None = None,
    seed: int = 0,
    client: "Client | None" = None,
    progress: Callable[[int, int], None] = lambda done, total: None,
) -> "xr.Dataset":
    """Search the front of designs and simulate every point of it.

    Args:
        candidates: The designs, with objectives and constraints.
        population: Number of designs in a generation of NSGA-II.
        generations: Number of generations.
        points: Number of points of the front that are kept, spread over it; by default all.
        seed: Seed of the search.
        client: A dask client, whose workers simulate.
        progress: Called with the numbers of generations done and wanted.

    Returns:
        Over `point` every parameter; over (point, objective) `predicted`, `worst` (the worse end
        of the band), `simulated` and `deviation`, |predicted/simulated − 1|; and over `point`
        `meets` and `met`, whether all constraints hold by prediction and by simulation, `best`,
        whether no other point that meets them is better by simulation, `unfamiliar` and `reason`.

    Raises:
        DynsurError: No design meets the constraints, by prediction or by simulation.
    """
    goals = candidates.goals
    points = None if points is None else whole("the number of points", points)
    unit, _ = optimise(
        candidates.search,
        len(candidates.free),
        len(goals.objectives),
        len(goals.constraints),
        population=population,
        generations=generations,
        seed=seed,
        progress=progress,
        names=[c.text for c in goals.constraints],
    )
    columns = candidates.columns(unit)
    predicted = candidates.predicted(columns, banded=True)
    if points is not None and points < len(unit):
        kept = spread(goals.costs(predicted.values), points)
        columns = {name: column[kept] for name, column in columns.items()}
        predicted = candidates.predicted(columns, banded=True)
    return front_of(candidates, columns, predicted, candidates.simulated(columns, client), seed)


def front_of(
    candidates: Candidates,
    columns: dict[str, np.ndarray],
    predicted: Judged,
    simulated: Judged,
    seed: int,
) -> "xr.Dataset":
    """Return predicted and simulated designs side by side; see `design`."""
    import xarray as xr

    goals, responder = candidates.goals, candidates.responder
    met = np.all(simulated.violations <= 0, axis=1)
    met = met & np.all(np.isfinite(simulated.values), axis=1)
    best = np.zeros(len(met), bool)
    best[met] = nondominated(goals.costs(simulated.values[met]))
    both = ("point", "objective")
    names = [o.name for o in goals.objectives]
    units = {p.name: p.units for p in responder.space}
    variables: dict[str, Any] = {
        name: ("point", column, {"units": units[name], "role": "parameter"})
        for name, column in columns.items()
    }
    variables |= {
        "predicted": (both, predicted.values),
        "worst": (both, predicted.worst),
        "simulated": (both, simulated.values),
        "deviation": (both, deviations(predicted.values, simulated.values)),
        "meets": ("point", (predicted.violations <= 0).all(axis=1)),
        "met": ("point", met),
        "best": ("point", best),
        "unfamiliar": ("point", np.array(list(predicted.unfamiliar), dtype=object)),
        "reason": ("point", np.array(list(simulated.reasons), dtype=object)),
    }
    return xr.Dataset(
        variables,
        coords={
            "objective": names,
            "aim": ("objective", [o.aim for o in goals.objectives]),
            "units": ("objective", [o.units for o in goals.objectives]),
            "logarithmic": ("objective", [o.logarithmic for o in goals.objectives]),
        },
        attrs={
            "title": f"Designs of {responder.simulator.name}",
            "system": responder.simulator.name,
            "asked": responder.name,
            "searched_on": "simulation" if responder.surrogate is None else "model",
            "robust": int(candidates.robust),
            "subject_to": [c.text for c in goals.constraints],
            "varied": [p.name for p in candidates.free],
            "seed": seed,
        },
    )


def deviations(predicted: np.ndarray, simulated: np.ndarray) -> np.ndarray:
    """Return |predicted − simulated|/|simulated|; NaN where a value is undefined.

    Where the simulated value is zero, the largest one of its objective takes its place.
    """
    size = np.abs(simulated)
    largest = np.nanmax(np.where(np.isfinite(size), size, 0.0), axis=0, keepdims=True)
    size = np.where(size > 0, size, np.where(largest > 0, largest, 1.0))
    return np.abs(predicted - simulated) / size


def agrees(front: "xr.Dataset", tolerance: float = AGREEMENT) -> bool:
    """Return whether every point is simulated, meets its constraints and deviates little."""
    deviation = front["deviation"].values
    return bool((deviation <= tolerance).all() and front["met"].values.all())


def spread(costs: np.ndarray, count: int) -> np.ndarray:
    """Return the indices of `count` costs that are far from each other, in their order.

    The extremes come first, then always the point farthest from those taken.
    """
    if count < 1:
        raise DynsurError(f"at least one point of the front is kept; got {count}.")
    span = np.ptp(costs, axis=0)
    scaled = (costs - costs.min(axis=0)) / np.where(span > 0, span, 1.0)
    taken = list(dict.fromkeys(scaled.argmin(axis=0).tolist()))[:count]
    while len(taken) < count:
        nearest = ((scaled[:, None] - scaled[taken][None]) ** 2).sum(axis=2).min(axis=1)
        taken.append(int(nearest.argmax()))
    return np.array(sorted(set(taken)))
