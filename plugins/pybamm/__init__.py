"""Batteries of PyBaMM, which show how an existing simulator becomes a system of dynsur."""

from dynsur.core import Experiment, hookimpl

from .battery import Battery
from .battery_dfn import BatteryDFN

__all__ = ["Battery", "BatteryDFN"]

# The state-space network wants every instant; chosen on cells of seed 1.
DFN = Experiment(
    name="battery-dfn",
    simulator="battery-dfn",
    dataset="decades",
    model="nlss",
    loss="huber",
    description="Doyle–Fuller–Newman cells, learnt from where the single-particle model departs",
    samples=200,
    settings={"dataset.kept": 1.0, "training.batch_size": 16, "training.epochs": 120},
)


@hookimpl
def dynsur_simulators() -> list[Battery]:
    """Offer the batteries."""
    return [Battery(), BatteryDFN()]


@hookimpl
def dynsur_experiments() -> list[Experiment]:
    """Offer the Doyle–Fuller–Newman cell with its single-particle model as the base."""
    return [DFN]
