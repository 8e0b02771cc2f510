"""What flows through dynsur, and the interfaces plugins fulfil."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from enum import IntEnum
from typing import TYPE_CHECKING, Any, Protocol

import numpy as np

from .encoding import TrainingData
from .parameters import ParameterSpace

if TYPE_CHECKING:
    import torch
    import xarray as xr


class Status(IntEnum):
    """How a simulation ended; the value of the store's variable `status`."""

    MISSING = 0
    OK = 1
    FAILED = 2
    TIMED_OUT = 3
    CRASHED = 4
    INVALID = 5


@dataclass(frozen=True)
class Variable:
    """A time series going into or coming out of a simulation.

    Args:
        name: Name in the store.
        units: Unit, "1" if dimensionless.
        long_name: What it is, in words; the axis label of plots.
        symbol: Symbol on axes, e.g. "I".
    """

    name: str
    units: str
    long_name: str = ""
    symbol: str = ""

    @property
    def attrs(self) -> dict[str, str]:
        """The variable's attributes in an xarray Dataset."""
        return {"units": self.units, "long_name": self.long_name or self.name}


class Simulator(Protocol):
    """A system that can be simulated: a frozen dataclass whose fields are its configuration.

    A simulator may also offer what is known in closed form before any simulation:
    `features(parameters) -> dict[str, array]`, scalars for models to see, each [n]; and
    `estimate(parameters, series, time) -> dict[str, array]`, series [n, time]: under an output's
    name an estimate of it, under further names more input series.
    What decides about its predictions beside the metrics of every system it may judge itself:
    `metrics(predicted, simulated, time) -> dict[Variable, array]`, with the outputs by name,
    each [n, time], the instants [n, time] in s, and a number [n] for each metric it declares.
    With `simulate_batch(parameters [count]) -> dict[str, array [count, time]]` it simulates many
    samples at once, returning `time`, inputs and outputs, and, where one of them may fail, `status`
    and `reason` of each, [count]. A sample comes out the same whatever batch it is in.

    Attributes:
        name: What the user types, e.g. "reram".
        description: One line for `dynsur plugins`.
        space: The parameters it takes and the ranges they are sampled from.
        inputs: The driven variables, recorded beside the outputs.
        outputs: What it computes.
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
            A trajectory as made by `trajectory` or `failed_trajectory`: the variables `time`,
            the inputs and outputs over dimension `time`, and scalars `status` and `reason`.
            A numerical failure is such a value, not an exception.

        Raises:
            DynsurError: A parameter is invalid.
        """
        ...


class Dataset(Protocol):
    """A way to turn a store into training data: a frozen dataclass of its configuration."""

    @property
    def name(self) -> str: ...  # noqa: D102
    @property
    def description(self) -> str: ...  # noqa: D102

    def prepare(self, store: "xr.Dataset", simulator: Simulator, seed: int) -> TrainingData:
        """Split the finished samples of a store and encode them.

        Everything fitted (scales) is fitted on the training split only.

        Raises:
            DynsurError: The store holds too few finished samples.
        """
        ...


class Model(Protocol):
    """Configuration of a dual-input model: a frozen dataclass that builds a torch module."""

    @property
    def name(self) -> str: ...  # noqa: D102
    @property
    def description(self) -> str: ...  # noqa: D102

    def build(self, series: int, parameters: int, outputs: int) -> "torch.nn.Module":
        """Build the network.

        Args:
            series: Channels of the input series.
            parameters: Number of scalar inputs.
            outputs: Channels of the output series.

        Returns:
            A module with forward(series [batch, time, channel], parameters [batch, parameter])
            → [batch, time, output]. One whose prediction is the mean of several members also
            offers each(series, parameters) → [member, batch, time, output], as `Ensemble` does.
        """
        ...


class Loss(Protocol):
    """A training loss: a frozen dataclass, called with (prediction, target)."""

    @property
    def name(self) -> str: ...  # noqa: D102
    @property
    def description(self) -> str: ...  # noqa: D102

    def __call__(self, prediction: "torch.Tensor", target: "torch.Tensor") -> "torch.Tensor":
        """Return the scalar loss of [batch, time, output] tensors in the model's own scale."""
        ...


@dataclass(frozen=True)
class Published:
    """What a publication reports of an experiment, for `dynsur reproduce` to compare with.

    Args:
        source: Author, year, title and where it is printed.
        dataset: Name of the dataset that follows its protocol.
        figures: Its numbers for the first output, under the names of the metrics that
            `core.evaluate` averages: "mse_minmax" and "mae_minmax".
        times: What it says of the time taken, in its words, e.g. of "training" and "simulation".
        runs: Runs of different seeds whose mean it reports.
        settings: Further settings of its protocol, named as `--set` names them.
    """

    source: str
    dataset: str
    figures: Mapping[str, float]
    times: Mapping[str, str] = field(default_factory=dict)
    runs: int = 5
    settings: Mapping[str, Any] = field(default_factory=dict)


@dataclass(frozen=True)
class Experiment:
    """Named defaults binding a simulator, a dataset, a model and a loss.

    Args:
        name: What the user types after `dynsur run`.
        simulator: Name of the simulator.
        dataset: Name of the dataset.
        model: Name of the model.
        loss: Name of the loss.
        description: One line for `dynsur plugins`.
        samples: Default number of simulations.
        settings: Defaults under the same names as `--set`, e.g. {"model.width": 64}.
        published: What a publication reports of it, where there is one.
    """

    name: str
    simulator: str
    dataset: str
    model: str
    loss: str
    description: str = ""
    samples: int = 1000
    settings: Mapping[str, Any] = field(default_factory=dict)
    published: Published | None = None


def trajectory(
    simulator: Simulator, time: np.ndarray, series: Mapping[str, np.ndarray]
) -> "xr.Dataset":
    """Assemble a finished simulation.

    Args:
        simulator: Whose inputs and outputs these are.
        time: Instants, shape [time], in s.
        series: Every input and output by name, each of shape [time], in its unit.
    """
    import xarray as xr

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
        {**variables, "status": ((), int(Status.OK)), "reason": _text("")},
        coords={"time": ("time", np.asarray(time, float), {"units": "s", "long_name": "time"})},
    )


def failed_trajectory(
    simulator: Simulator, reason: str, status: Status = Status.FAILED
) -> "xr.Dataset":
    """Assemble a simulation that failed: NaN series, with the status and the reason."""
    empty = np.full(simulator.points, np.nan)
    series = {v.name: empty for v in (*simulator.inputs, *simulator.outputs)}
    data = trajectory(simulator, empty, series)
    return data.assign(status=((), int(status)), reason=_text(reason))


def _text(value: str) -> tuple[tuple[()], np.ndarray]:
    """Return a scalar of variable length, which zarr 3 stores as a string."""
    return (), np.array(value, dtype=object)
