"""What a simulator may offer besides `simulate`; only this module asks for it.

A simulator has an ability when it has the attribute of that name and it is not None.
"""

from collections.abc import Callable, Mapping
from typing import TYPE_CHECKING, Any, Protocol

import numpy as np

from .simulator import Simulator
from .variables import Variable

if TYPE_CHECKING:
    from .signals import Signal

Columns = Mapping[str, np.ndarray]
Batch = Callable[[Columns], Mapping[str, Any]]


class KnowsFeatures(Protocol):
    """Knows scalars of a system in closed form, for models to see."""

    def features(self, parameters: Columns) -> Columns:
        """Return the features of n systems by name, each [n], from parameters [n]."""
        ...


class KnowsEstimate(Protocol):
    """Knows a closed-form estimate of the outputs along any drive."""

    def estimate(self, parameters: Columns, series: Columns, time: np.ndarray) -> Columns:
        """Return series [n, time] by name.

        Under an output's name stands an estimate of that output; further names are further
        input series for models. `series` are the inputs [n, time] and `time` the instants
        [n, time], in s.
        """
        ...


class KnowsCoarse(Protocol):
    """Knows a cheap version of itself: the same outputs along any drive, less accurate."""

    def coarse(
        self, parameters: Columns, series: Columns, time: np.ndarray, wanted: np.ndarray
    ) -> Mapping[str, Any]:
        """Return every output [n, instant] by name at the instants `wanted` [n, instant], in s.

        `series` are the inputs [n, time], linear between the instants `time` [n, time], in s.
        Where a system has no result its rows are NaN, and `reason` [n] says why, else "". The
        instants of a row may come in any order. A batch is solved at once.
        """
        ...


class StandsIn(Protocol):
    """Is a cheap version of another simulator, whose parameters and outputs it shares."""

    @property
    def fine(self) -> Simulator:
        """The simulator that it stands in for."""
        ...


class JudgesPredictions(Protocol):
    """Judges predictions in its own terms, beside the metrics that every system has."""

    def metrics(
        self, predicted: Columns, simulated: Columns, time: np.ndarray
    ) -> Mapping[Variable, np.ndarray]:
        """Return a number [n] for each metric, from outputs [n, time] at the instants, in s."""
        ...


class OffersMerits(Protocol):
    """Has figures of merit of its own, beside those that every loop has."""

    def merits(
        self, parameters: Columns, series: Columns, time: np.ndarray
    ) -> Mapping[Variable, np.ndarray]:
        """Return a number [n] for each figure of merit, NaN where it is undefined.

        `parameters` are all of the space, each [n]; `series` are the inputs and the outputs
        [n, time] at the instants `time` [n, time], in s.
        """
        ...


class SimulatesBatches(Protocol):
    """Simulates many samples at once, each as if it were alone."""

    def simulate_batch(self, parameters: Columns) -> Mapping[str, Any]:
        """Return `time`, inputs and outputs [count, time] from parameters [count].

        Where a sample may fail there are also `status` and `reason`, each [count].
        """
        ...


class KnowsDrive(Protocol):
    """Knows the inputs that a system sees without simulating it."""

    def drive(self, parameters: Mapping[str, float]) -> "Signal | Mapping[str, Signal]":
        """Return the signal that drives the system of these parameters.

        A system with several inputs has a signal for each of them by name.
        """
        ...


def known_features(simulator: Simulator, parameters: Columns) -> dict[str, np.ndarray]:
    """Return the simulator's features of n systems, each [n]; nothing if it offers none.

    Args:
        simulator: May be one that `KnowsFeatures`.
        parameters: Every parameter of its space by name, each of shape [n].
    """
    features = _ability(simulator, "features")
    if features is None:
        return {}
    return {name: np.asarray(values, float) for name, values in features(parameters).items()}


def known_series(
    simulator: Simulator, parameters: Columns, series: Columns, time: np.ndarray
) -> dict[str, np.ndarray]:
    """Return the simulator's estimates along n drives, each [n, time]; nothing if it offers none.

    Args:
        simulator: May be one that `KnowsEstimate`.
        parameters: Every parameter of its space by name, each of shape [n].
        series: The driven variables by name, each of shape [n, time].
        time: Instants, shape [n, time], in s.
    """
    estimate = _ability(simulator, "estimate")
    if estimate is None:
        return {}
    estimates = estimate(parameters, series, time)
    return {name: np.asarray(values, float) for name, values in estimates.items()}


def own_metrics(
    simulator: Simulator, predicted: Columns, simulated: Columns, time: np.ndarray
) -> dict[Variable, np.ndarray]:
    """Return the simulator's own metrics of n predictions, each [n]; nothing if it offers none.

    Args:
        simulator: May be one that `JudgesPredictions`.
        predicted: The outputs by name, each of shape [n, time].
        simulated: The outputs by name, each of shape [n, time].
        time: Instants, shape [n, time], in s.
    """
    metrics = _ability(simulator, "metrics")
    if metrics is None:
        return {}
    judged = metrics(predicted, simulated, time)
    return {metric: np.asarray(values, float) for metric, values in judged.items()}


def own_merits(
    simulator: Simulator, parameters: Columns, series: Columns, time: np.ndarray
) -> dict[Variable, np.ndarray]:
    """Return the simulator's own figures of merit of n systems, each [n]; nothing if it has none.

    Args:
        simulator: May be one that `OffersMerits`.
        parameters: Every parameter of its space by name, each of shape [n].
        series: The inputs and outputs by name, each of shape [n, time].
        time: Instants, shape [n, time], in s.
    """
    merits = _ability(simulator, "merits")
    if merits is None:
        return {}
    offered = merits(parameters, series, time)
    return {merit: np.asarray(values, float) for merit, values in offered.items()}


def batch_of(simulator: Simulator) -> Batch | None:
    """Return `simulate_batch` of a simulator that `SimulatesBatches`, else None."""
    return _ability(simulator, "simulate_batch")


def drive_of(simulator: Simulator) -> "Callable[[Mapping[str, float]], Any] | None":
    """Return `drive` of a simulator that `KnowsDrive`, else None."""
    return _ability(simulator, "drive")


def waveform_of(simulator: Simulator) -> "Signal | Mapping[str, Signal] | None":
    """Return what drives every sample instead of the simulator's own drive, perhaps by input."""
    return _ability(simulator, "waveform")


def coarse_of(simulator: Simulator) -> "Callable[..., Mapping[str, Any]] | None":
    """Return `coarse` of a simulator that `KnowsCoarse`, else None."""
    return _ability(simulator, "coarse")


def fine_of(simulator: Simulator) -> Simulator:
    """Return the simulator that one `StandsIn` for, else the same one."""
    fine = _ability(simulator, "fine")
    return simulator if fine is None else fine


def has_coarse(simulator: Simulator) -> bool:
    """Return whether the simulator `KnowsCoarse`."""
    return _ability(simulator, "coarse") is not None


def has_features(simulator: Simulator) -> bool:
    """Return whether the simulator `KnowsFeatures`."""
    return _ability(simulator, "features") is not None


def has_merits(simulator: Simulator) -> bool:
    """Return whether the simulator `OffersMerits`."""
    return _ability(simulator, "merits") is not None


def has_estimate(simulator: Simulator) -> bool:
    """Return whether the simulator `KnowsEstimate`."""
    return _ability(simulator, "estimate") is not None


def _ability(simulator: Simulator, name: str) -> Any:
    return getattr(simulator, name, None)
