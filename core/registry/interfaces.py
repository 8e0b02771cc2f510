"""The interfaces that datasets, models and losses of plugins fulfil, and experiments."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any, Protocol

from ..encoding.training_data import TrainingData

if TYPE_CHECKING:
    import torch
    import xarray as xr
from ..systems.simulator import Simulator


class Dataset(Protocol):
    """A way to turn a store into training data: a frozen dataclass of its configuration.

    It may have an attribute `minimum`, the least number of finished samples that it needs, so that
    a run with fewer is refused before anything is simulated.
    """

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
    """A training loss: a frozen dataclass, called with (prediction, target).

    A loss may also offer `bind(simulator, encoding)`, which returns a function of (prediction,
    target, series, parameters), all encoded, that training calls instead; `dynsur.core.Decoder`
    tells what they mean in physical units.
    """

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
            `core.evaluation` averages: "mse_minmax" and "mae_minmax".
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
