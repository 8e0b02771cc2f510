"""Encode physical quantities for a network and decode them, in numpy and in torch."""

from typing import TYPE_CHECKING

from ..lazy import on_demand
from .discrepancy import Departure
from .encoding import Encoding
from .scales import PHASE, Scale
from .training_data import Piece, Sequences, Split, TrainingData

if TYPE_CHECKING:
    from .decoder import Decoder

__all__ = [
    "Decoder",
    "Departure",
    "Encoding",
    "PHASE",
    "Piece",
    "Scale",
    "Sequences",
    "Split",
    "TrainingData",
]

__getattr__ = on_demand(__name__, {"Decoder": ".decoder"})
