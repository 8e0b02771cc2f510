"""Train a model: the training loop, checkpoints and ensembles."""

from typing import TYPE_CHECKING

from ..lazy import on_demand

if TYPE_CHECKING:
    from .ensemble import Ensemble
    from .loop import train

__all__ = [
    "Ensemble",
    "train",
]

__getattr__ = on_demand(__name__, {"Ensemble": ".ensemble", "train": ".loop"})
