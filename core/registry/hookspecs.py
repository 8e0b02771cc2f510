"""The hooks that a plugin may implement, each a signature and its meaning."""

from collections.abc import Sequence
from typing import TYPE_CHECKING

import pluggy

from ..systems.simulator import Simulator
from .interfaces import Dataset, Experiment, Loss, Model

if TYPE_CHECKING:
    import typer
    from distributed import Client

hookspec = pluggy.HookspecMarker("dynsur")
hookimpl = pluggy.HookimplMarker("dynsur")


@hookspec
def dynsur_simulators() -> Sequence[Simulator]:  # pyright: ignore[reportReturnType]
    """Offer simulators, each with its parameter space and its input and output variables."""


@hookspec
def dynsur_datasets() -> Sequence[Dataset]:  # pyright: ignore[reportReturnType]
    """Offer ways to turn a store into training data."""


@hookspec
def dynsur_models() -> Sequence[Model]:  # pyright: ignore[reportReturnType]
    """Offer dual-input models: forward(series, parameters) → series."""


@hookspec
def dynsur_losses() -> Sequence[Loss]:  # pyright: ignore[reportReturnType]
    """Offer losses: (prediction, target) → scalar."""


@hookspec
def dynsur_experiments() -> Sequence[Experiment]:  # pyright: ignore[reportReturnType]
    """Offer named defaults that bind a simulator, a dataset, a model and a loss."""


@hookspec(firstresult=True)
def dynsur_default_experiment(simulator: Simulator) -> Experiment | None:
    """Choose dataset, model and loss for a simulator that no experiment names."""


@hookspec(firstresult=True)
def dynsur_client(scheduler: str | None, workers: int) -> "Client | None":
    """Supply the dask client that runs the simulations; the caller closes it.

    Args:
        scheduler: The address given as --scheduler, or None for this machine.
        workers: Number of worker processes that the user asked for.
    """


@hookspec
def dynsur_commands(app: "typer.Typer") -> None:
    """Add commands to the `dynsur` program."""
