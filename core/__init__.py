"""The public names of dynsur: what plugins, analyses and notebooks import.

Importing them loads neither torch, dask nor xarray. `Decoder`, `Ensemble`, `Surrogate`,
`export_model`, `graph_inputs` and `train` load torch when they are first asked for. Whole jobs and
plots are loaded on demand too.
"""

from typing import TYPE_CHECKING

from .encoding import PHASE, Departure, Encoding, Piece, Scale, Sequences, Split, TrainingData
from .errors import DynsurError, unknown_name
from .evaluation import FLOOR, evaluate
from .generation import connect, generate, verify
from .lazy import on_demand
from .moved import keep_moved_modules
from .ode import ODESystem, implicit
from .optional import needed
from .recordings import from_recordings
from .registry import (
    Dataset,
    Experiment,
    Loss,
    Model,
    Published,
    Taught,
    configure,
    hookimpl,
    host,
)
from .resampling import straight_pieces
from .showing import Shown
from .store import figures_of_merit, finished, open_store
from .surrogate import write_predictions
from .systems import (
    Parameter,
    ParameterSpace,
    Simulator,
    Smooth,
    Status,
    Variable,
    Waveform,
    base_series,
    chosen_base,
    enough_points,
    failed_trajectory,
    instants,
    known_features,
    known_series,
    multisine,
    pulse_train,
    read_csv,
    rest,
    signal_of,
    sine,
    sweep,
    trajectory,
    triangle,
)

if TYPE_CHECKING:
    from .encoding import Decoder
    from .jobs import Run, open_run, predict, run, simulate
    from .reporting import plot_loop, plot_time
    from .surrogate import Surrogate, export_model, graph_inputs
    from .training import Ensemble, train

__all__ = [
    "Dataset",
    "Decoder",
    "Departure",
    "DynsurError",
    "Encoding",
    "Ensemble",
    "Experiment",
    "FLOOR",
    "Loss",
    "Model",
    "ODESystem",
    "PHASE",
    "Parameter",
    "ParameterSpace",
    "Piece",
    "Published",
    "Run",
    "Scale",
    "Sequences",
    "Shown",
    "Simulator",
    "Smooth",
    "Split",
    "Status",
    "Surrogate",
    "Taught",
    "TrainingData",
    "Variable",
    "Waveform",
    "base_series",
    "chosen_base",
    "configure",
    "connect",
    "enough_points",
    "evaluate",
    "export_model",
    "failed_trajectory",
    "figures_of_merit",
    "finished",
    "from_recordings",
    "generate",
    "graph_inputs",
    "hookimpl",
    "host",
    "implicit",
    "instants",
    "known_features",
    "known_series",
    "multisine",
    "needed",
    "open_run",
    "open_store",
    "plot_loop",
    "plot_time",
    "predict",
    "pulse_train",
    "read_csv",
    "rest",
    "run",
    "signal_of",
    "simulate",
    "sine",
    "straight_pieces",
    "sweep",
    "train",
    "trajectory",
    "triangle",
    "unknown_name",
    "verify",
    "write_predictions",
]

__getattr__ = on_demand(
    __name__,
    {
        "Decoder": ".encoding",
        **dict.fromkeys(("Run", "open_run", "predict", "run", "simulate"), ".jobs"),
        **dict.fromkeys(("plot_loop", "plot_time"), ".reporting"),
        "Surrogate": ".surrogate",
        "export_model": ".surrogate",
        "graph_inputs": ".surrogate",
        "Ensemble": ".training",
        "train": ".training",
    },
)

keep_moved_modules()
