"""The core of dynsur: interfaces, plugin host, generation, training, evaluation.

This module is what plugins import. It loads neither torch, dask nor xarray; the heavier parts
are modules of their own (`dynsur.core.generate`, `dynsur.core.train`, …).
"""

from .encoding import Departure, Encoding, Scale, Split, TrainingData
from .errors import DynsurError, unknown_name
from .hookspecs import hookimpl
from .known import known_features, known_series
from .ode import ODESystem
from .parameters import Parameter, ParameterSpace
from .store import finished, open_store
from .types import (
    Dataset,
    Experiment,
    Loss,
    Model,
    Simulator,
    Status,
    Variable,
    failed_trajectory,
    trajectory,
)
from .waveforms import Waveform, pulse_train, read_csv, sine, triangle

__all__ = [
    "Dataset",
    "Departure",
    "DynsurError",
    "Encoding",
    "Experiment",
    "Loss",
    "Model",
    "ODESystem",
    "Parameter",
    "ParameterSpace",
    "Scale",
    "Simulator",
    "Split",
    "Status",
    "TrainingData",
    "Variable",
    "Waveform",
    "failed_trajectory",
    "finished",
    "hookimpl",
    "known_features",
    "known_series",
    "open_store",
    "pulse_train",
    "read_csv",
    "sine",
    "trajectory",
    "triangle",
    "unknown_name",
]
