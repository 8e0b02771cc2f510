"""What a simulator knows in closed form, where it offers any."""

from collections.abc import Mapping

import numpy as np

from .simulator import Simulator
from .variables import Variable

Columns = Mapping[str, np.ndarray]


def known_features(simulator: Simulator, parameters: Columns) -> dict[str, np.ndarray]:
    """Return the simulator's features of n systems, each [n]; nothing if it offers none.

    Args:
        simulator: May have `features`, see `Simulator`.
        parameters: Every parameter of its space by name, each of shape [n].
    """
    offered = getattr(simulator, "features", None)
    if offered is None:
        return {}
    return {name: np.asarray(values, float) for name, values in offered(parameters).items()}


def known_series(
    simulator: Simulator, parameters: Columns, series: Columns, time: np.ndarray
) -> dict[str, np.ndarray]:
    """Return the simulator's estimates along n drives, each [n, time]; nothing if it offers none.

    Args:
        simulator: May have `estimate`, see `Simulator`.
        parameters: Every parameter of its space by name, each of shape [n].
        series: The driven variables by name, each of shape [n, time].
        time: Instants, shape [n, time], in s.
    """
    offered = getattr(simulator, "estimate", None)
    if offered is None:
        return {}
    found = offered(parameters, series, time)
    return {name: np.asarray(values, float) for name, values in found.items()}


def own_metrics(
    simulator: Simulator, predicted: Columns, simulated: Columns, time: np.ndarray
) -> dict[Variable, np.ndarray]:
    """Return the simulator's own metrics of n predictions, each [n]; nothing if it offers none.

    Args:
        simulator: May have `metrics`, see `Simulator`.
        predicted: The outputs by name, each of shape [n, time].
        simulated: The outputs by name, each of shape [n, time].
        time: Instants, shape [n, time], in s.
    """
    offered = getattr(simulator, "metrics", None)
    if offered is None:
        return {}
    found = offered(predicted, simulated, time)
    return {metric: np.asarray(values, float) for metric, values in found.items()}
