"""Compact models of memristors, from their original publications."""

from dynsur.core import Experiment, ODESystem, hookimpl

from .linear_ion_drift import LINEAR_ION_DRIFT
from .simmons import SIMMONS
from .team import TEAM
from .vteam import VTEAM
from .yakopcic import YAKOPCIC

__all__ = ["LINEAR_ION_DRIFT", "SIMMONS", "TEAM", "VTEAM", "YAKOPCIC"]


@hookimpl
def dynsur_simulators() -> list[ODESystem]:
    """Offer the compact models."""
    return [LINEAR_ION_DRIFT, SIMMONS, TEAM, VTEAM, YAKOPCIC]


@hookimpl
def dynsur_experiments() -> list[Experiment]:
    """Offer VTEAM with a pointwise network that learns the departure from the closed form."""
    return [
        Experiment(
            name="vteam",
            simulator="vteam",
            dataset="decades",
            model="modulated",
            loss="huber",
            description="VTEAM memristors, a pointwise network beside closed-form doses",
            samples=2000,
            settings={
                "dataset.threshold": 1e-4,
                "dataset.soft": 1.0,
                "model.members": 1,
                "model.dropout": 0.0,
                "training.epochs": 160,
                "training.patience": 160,
                "training.instants": 25,
            },
        )
    ]
