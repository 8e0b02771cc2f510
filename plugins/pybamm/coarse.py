"""Solve the single-particle model along sampled currents, as a coarse version of other models."""

from collections.abc import Mapping

import numpy as np

from .cell import voltage
from .shapes import shape_of

TOLERANCE = 1e-5  # of PyBaMM's solver; its error is a thousandth of that of the model

Columns = Mapping[str, np.ndarray]


def coarse(
    parameters: Columns,
    current: np.ndarray,
    time: np.ndarray,
    wanted: np.ndarray,
    model: str = "SPM",
) -> dict[str, np.ndarray]:
    """Return the voltage of n cells by the single-particle model.

    Cells whose currents have one shape share a discretised model, see `shapes.shape_of`. After the
    last instant of a current the voltage is that of this instant.

    Args:
        parameters: Every parameter of the battery by name, each of shape [n].
        current: Current, shape [n, time], in A.
        time: Its instants, shape [n, time], in s.
        wanted: Instants at which the voltage is wanted, in any order, shape [n, instant], in s.
        model: Name of a model in `pybamm.lithium_ion`; the single-particle model by default.

    Returns:
        `voltage` in V, shape [n, instant], and `reason`, shape [n]: why there is none, or "".
    """
    found = np.full(wanted.shape, np.nan)
    reasons = np.full(len(time), "", dtype=object)
    for i in range(len(time)):
        values = {name: float(column[i]) for name, column in parameters.items()}
        instants, place = np.unique(np.clip(wanted[i], 0.0, time[i, -1]), return_inverse=True)
        result = voltage(model, TOLERANCE, *shape_of(time[i], current[i]), values, instants)
        if isinstance(result, str):
            reasons[i] = result
        else:
            found[i] = result[place]
    return {"voltage": found, "reason": reasons}
