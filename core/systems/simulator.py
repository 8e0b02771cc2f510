"""The protocol of a simulator, and the trajectories that it returns."""

from collections.abc import Mapping
from typing import TYPE_CHECKING, Any, Protocol

import numpy as np

from ..errors import DynsurError
from .parameters import ParameterSpace
from .variables import Status, Variable

if TYPE_CHECKING:
    import xarray as xr


class Simulator(Protocol):
    """A system that can be simulated: a frozen dataclass whose fields are its configuration.

    A simulator may also offer features, an estimate, metrics of its own, batches and its drive.
    The protocols of these methods are in `dynsur.core.systems.capabilities`.

    Attributes:
        name: What the user types, e.g. "reram".
        description: One line for `dynsur plugins`.
        space: The parameters it takes and the ranges they are sampled from.
        inputs: The driven variables, which are recorded with the outputs.
        outputs: The variables that it computes.
        points: Number of time samples in a trajectory.
    """

    @property
    def name(self) -> str: ...  # noqa: D102
    @property
    def description(self) -> str: ...  # noqa: D102
    @property
    def space(self) -> ParameterSpace: ...  # noqa: D102
    @property
    def inputs(self) -> tuple[Variable, ...]: ...  # noqa: D102
    @property
    def outputs(self) -> tuple[Variable, ...]: ...  # noqa: D102
    @property
    def points(self) -> int: ...  # noqa: D102

    def simulate(self, parameters: Mapping[str, float]) -> "xr.Dataset":
        """Simulate one system.

        Args:
            parameters: One value per parameter of `space`, in its units.

        Returns:
            A trajectory made by `trajectory` or `failed_trajectory`: `time`, the inputs and the
            outputs over the dimension `time`, and the scalars `status` and `reason`. A numerical
            failure is returned in `status` and `reason`; it does not raise an exception.

        Raises:
            DynsurError: A parameter is invalid.
        """
        ...


def series_names(simulator: Simulator) -> list[str]:
    """Return the names of the variables over time: `time`, the inputs and the outputs."""
    return ["time", *(v.name for v in (*simulator.inputs, *simulator.outputs))]


def trajectory(
    simulator: Simulator,
    time: np.ndarray,
    series: Mapping[str, np.ndarray],
    parameters: Mapping[str, float] | None = None,
) -> "xr.Dataset":
    """Return a finished simulation as a dataset.

    Args:
        simulator: The simulator whose inputs and outputs these are.
        time: Instants, shape [time], in s.
        series: Every input and output by name, each of shape [time], in its unit.
        parameters: Every parameter by name, in its unit; they become coordinates.

    Raises:
        DynsurError: An input or an output is missing.
    """
    import xarray as xr

    lacking = [name for name in series_names(simulator)[1:] if name not in series]
    if lacking:
        raise DynsurError(
            f"the trajectory of '{simulator.name}' lacks '{', '.join(lacking)}'; it has "
            f"'{', '.join(map(str, series))}'; return every input and output under its own name."
        )
    variables = {
        v.name: (
            "time",
            np.asarray(series[v.name], float),
            {**v.attrs, "symbol": v.symbol or v.name, "role": role},
        )
        for role, group in (("input", simulator.inputs), ("output", simulator.outputs))
        for v in group
    }
    return xr.Dataset(
        {**variables, "status": ((), int(Status.OK))},
        coords={
            "reason": _text(""),  # a text among the variables would stop `mean` and `std`
            "time": ("time", np.asarray(time, float), {"units": "s", "long_name": "time"}),
            **_coordinates(simulator, parameters or {}),
        },
        attrs={
            "title": f"Simulation of {simulator.description or simulator.name}",
            "system": simulator.name,
        },
    )


def _coordinates(simulator: Simulator, parameters: Mapping[str, float]) -> dict[str, Any]:
    """Return parameters as scalars with their attributes."""
    return {
        p.name: (
            (),
            float(parameters[p.name]),
            {
                "units": p.units,
                "long_name": p.long_name or p.name,
                "symbol": p.symbol or p.name,
                "role": "parameter",
            },
        )
        for p in simulator.space
        if p.name in parameters
    }


def failed_trajectory(
    simulator: Simulator,
    reason: str,
    status: Status = Status.FAILED,
    parameters: Mapping[str, float] | None = None,
) -> "xr.Dataset":
    """Return a failed simulation: its series are NaN, with the status and the reason."""
    empty = np.full(simulator.points, np.nan)
    series = {v.name: empty for v in (*simulator.inputs, *simulator.outputs)}
    data = trajectory(simulator, empty, series, parameters)
    return data.assign(status=((), int(status)), reason=_text(reason))


def _text(value: str) -> tuple[tuple[()], np.ndarray]:
    """Return a scalar text of any length, which zarr 3 stores as a string."""
    return (), np.array(value, dtype=object)
