"""Benchmarks of nonlinear system identification: oscillators with memory, spikes, chaos."""

from dynsur.core import Experiment, ODESystem, hookimpl

from .bouc_wen import BOUC_WEN, bouc_wen, multisine_test, sweep_test
from .fitzhugh_nagumo import FITZHUGH_NAGUMO
from .lorenz import LORENZ
from .silverbox import SILVERBOX, silverbox

__all__ = [
    "BOUC_WEN",
    "FITZHUGH_NAGUMO",
    "LORENZ",
    "SILVERBOX",
    "bouc_wen",
    "multisine_test",
    "silverbox",
    "sweep_test",
]


@hookimpl
def dynsur_simulators() -> list[ODESystem]:
    """Offer the oscillators."""
    return [BOUC_WEN, SILVERBOX, FITZHUGH_NAGUMO, LORENZ]


@hookimpl
def dynsur_experiments() -> list[Experiment]:
    """Keep every instant where the excitation is random: it cannot be guessed between them."""
    return [
        Experiment(
            name=system.name,
            simulator=system.name,
            dataset="decades",
            model="hdinn",
            loss="composite",
            description=system.description,
            settings={"dataset.kept": 1.0},
        )
        for system in (BOUC_WEN, SILVERBOX)
    ]
