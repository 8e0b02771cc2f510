"""Benchmarks of nonlinear system identification: oscillators with memory, spikes or chaos."""

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


# A fixed system under a random force: many gradient steps on short records, every instant kept, and
# a causal model that does not see where a record ends answers signals of any length.
RANDOM = {
    "dataset.kept": 1.0,
    "dataset.phase": False,
    "dataset.train_share": 0.9,
    "model.width": 32,
    "training.batch_size": 16,
    "training.learning_rate": 0.01,
    "training.epochs": 900,
    "training.patience": 900,
}


@hookimpl
def dynsur_experiments() -> list[Experiment]:
    """Offer a causal network for systems whose excitation is random."""
    return [
        Experiment(
            name=system.name,
            simulator=system.name,
            dataset="decades",
            model="nlss",
            loss="huber",
            description=system.description,
            samples=600,
            settings=RANDOM,
        )
        for system in (BOUC_WEN, SILVERBOX)
    ]
