"""The interfaces of datasets, models and losses, and the definition of an experiment."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import TYPE_CHECKING, Any, Protocol

import numpy as np

from ..encoding.training_data import TrainingData

if TYPE_CHECKING:
    import torch
    import xarray as xr
from ..systems.simulator import Simulator


class Dataset(Protocol):
    """A way to turn a store into training data, as a frozen dataclass of its configuration.

    It may have an attribute `minimum`, the smallest number of finished samples that it needs. A run
    with fewer samples is then refused before anything is simulated.
    """

    @property
    def name(self) -> str: ...  # noqa: D102
    @property
    def description(self) -> str: ...  # noqa: D102

    def prepare(self, store: "xr.Dataset", simulator: Simulator, seed: int) -> TrainingData:
        """Split the finished samples of a store and encode them.

        The scales are fitted on the training part only.

        Raises:
            DynsurError: The store holds too few finished samples.
        """
        ...


class Model(Protocol):
    """A dual-input model, as a frozen dataclass of its configuration that builds a torch module.

    It may offer `teacher(module, data)`, which returns how it trains itself; see `Taught`.
    """

    @property
    def name(self) -> str: ...  # noqa: D102
    @property
    def description(self) -> str: ...  # noqa: D102

    def build(self, series: int, parameters: int, outputs: int) -> "torch.nn.Module":
        """Build the network.

        Args:
            series: Number of channels of the input series.
            parameters: Number of scalar inputs.
            outputs: Number of channels of the output series.

        Returns:
            A module with forward(series [batch, time, channel], parameters [batch, parameter])
            → [batch, time, output]. A module whose prediction is the mean of several members also
            offers each(series, parameters) → [member, batch, time, output], as `Ensemble` does. One
            that offers `CarriesState`, or whose members do, can become an element of a circuit.
        """
        ...


class CarriesState(Protocol):
    """A network that is stepped in time, as `dynsur export-circuit` needs it.

    Both methods take and return arrays of numbers or of expressions that stand in for numbers. They
    may therefore use numpy's elementary functions, arithmetic and products only, and no torch. All
    values are encoded, as those of `forward` are.
    """

    def initial(self, parameters: np.ndarray) -> np.ndarray:
        """Return the state x_0 before the first instant, shape [state], for [parameter]."""
        ...

    def step(
        self, x: np.ndarray, series: np.ndarray, before: np.ndarray, parameters: np.ndarray
    ) -> tuple[np.ndarray, np.ndarray]:
        """Return the state and the output at an instant.

        Args:
            x: The state at the instant before, shape [state].
            series: The input series at the instant, shape [channel].
            before: The input series at the instant before, at first the same, shape [channel].
            parameters: The scalar inputs, shape [parameter].

        Returns:
            The state, shape [state], and the output, shape [output].
        """
        ...


class Taught(Protocol):
    """The own training of a model, instead of Adam on the loss, which is then not asked.

    A model offers it as `teacher(module, data)`, where `data` is the `TrainingData`. Its state goes
    into the checkpoints of a training like an optimiser's, so that the training can be resumed.
    """

    @property
    def finished(self) -> bool:
        """Whether further steps would gain nothing."""
        ...

    def step(self) -> tuple[float, float]:
        """Change the module by one step and return its losses on the training and validation parts.

        The weights of the step with the lowest validation loss are kept, or those of the last step
        if there is an attribute `keeps_last` that is true.
        """
        ...

    def state_dict(self) -> dict[str, Any]:
        """Return {"state": {index: {name: tensor}}} of all that the next step depends on."""
        ...

    def load_state_dict(self, state: dict[str, Any]) -> None:
        """Take up what `state_dict` returned."""
        ...


class Loss(Protocol):
    """A training loss, as a frozen dataclass that is called with (prediction, target).

    A loss may also offer `bind(simulator, encoding)`. Training then calls the function that it
    returns with (prediction, target, series, parameters). All four are encoded;
    `dynsur.core.Decoder` decodes them into physical units.
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
    """The results of a publication with which `dynsur reproduce` compares its own.

    Args:
        source: Author, year, title and place of publication.
        dataset: Name of the dataset that follows the publication's protocol.
        figures: Published errors of the first output, under the names of the metrics that
            `core.evaluation` averages: "mse_minmax" and "mae_minmax".
        times: Published times in the words of the publication, e.g. of "training".
        runs: Number of runs with different seeds whose mean is reported.
        settings: Further settings of the protocol, under the names that `--set` takes.
    """

    source: str
    dataset: str
    figures: Mapping[str, float]
    times: Mapping[str, str] = field(default_factory=dict)
    runs: int = 5
    settings: Mapping[str, Any] = field(default_factory=dict)


@dataclass(frozen=True)
class Experiment:
    """A named combination of a simulator, a dataset, a model and a loss with its defaults.

    Args:
        name: What the user types after `dynsur run`.
        simulator: Name of the simulator.
        dataset: Name of the dataset.
        model: Name of the model.
        loss: Name of the loss.
        description: One line for `dynsur plugins`.
        samples: Default number of simulations.
        settings: Default settings under the names that `--set` takes, e.g. {"model.width": 64}.
        published: The results of a publication, if there is one.
        pretrained: Folder of a trained model that ships with the plugin, if there is one. It is
            loaded by the experiment's name.
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
    pretrained: Path | None = None
