"""The core of dynsur: interfaces, plugin host, generation, training, evaluation.

This module is what plugins import. It loads neither torch, dask nor xarray; the heavier parts
are modules of their own (`dynsur.core.generate`, `dynsur.core.train`, …). `Surrogate`,
`Ensemble` and `Decoder` are here too, and load torch when they are first asked for.
"""

import importlib
from typing import TYPE_CHECKING, Any

from .encoding import Departure, Encoding, Scale, Split, TrainingData
from .errors import DynsurError, unknown_name
from .excitations import multisine, sweep
from .hookspecs import hookimpl
from .known import known_features, known_series
from .ode import ODESystem
from .optional import needed
from .parameters import Parameter, ParameterSpace
from .signals import Smooth, rest
from .store import finished, open_store
from .types import (
    Dataset,
    Experiment,
    Loss,
    Model,
    Published,
    Simulator,
    Status,
    Variable,
    failed_trajectory,
    trajectory,
)
from .waveforms import Waveform, pulse_train, read_csv, sine, triangle

if TYPE_CHECKING:
    from .decoder import Decoder
    from .ensemble import Ensemble
    from .surrogate import Surrogate

__all__ = [
    "Dataset",
    "Decoder",
    "Departure",
    "DynsurError",
    "Encoding",
    "Ensemble",
    "Experiment",
    "Loss",
    "Model",
    "ODESystem",
    "Parameter",
    "ParameterSpace",
    "Published",
    "Scale",
    "Simulator",
    "Smooth",
    "Split",
    "Status",
    "Surrogate",
    "TrainingData",
    "Variable",
    "Waveform",
    "failed_trajectory",
    "finished",
    "hookimpl",
    "known_features",
    "known_series",
    "multisine",
    "needed",
    "open_store",
    "pulse_train",
    "read_csv",
    "rest",
    "sine",
    "sweep",
    "trajectory",
    "triangle",
    "unknown_name",
]

_HEAVY = {"Decoder": ".decoder", "Ensemble": ".ensemble", "Surrogate": ".surrogate"}


def __getattr__(name: str) -> Any:
    if name not in _HEAVY:
        raise AttributeError(f"module '{__name__}' has no attribute '{name}'")
    return getattr(importlib.import_module(_HEAVY[name], __name__), name)
