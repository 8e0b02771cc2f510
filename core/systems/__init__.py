"""What a system is: parameters, variables, drives and the simulator protocol."""

from .bases import BASES, CoarseError, base_series, chosen_base
from .capabilities import (
    JudgesPredictions,
    KnowsCoarse,
    KnowsDrive,
    KnowsEstimate,
    KnowsFeatures,
    OffersMerits,
    SimulatesBatches,
    batch_of,
    known_features,
    known_series,
    own_merits,
    own_metrics,
)
from .drive import Excitation, driven, signal_of
from .excitations import multisine, sweep
from .instants import enough_points, instants, missed
from .parameter_table import read_devices, read_table
from .parameters import Parameter, ParameterSpace
from .signals import Smooth, rest
from .simulator import Simulator, failed_trajectory, trajectory
from .variables import Status, Variable, reason_kind
from .waveforms import Waveform, pulse_train, read_csv, read_waveform, sine, triangle

__all__ = [
    "BASES",
    "CoarseError",
    "Excitation",
    "JudgesPredictions",
    "KnowsCoarse",
    "KnowsDrive",
    "KnowsEstimate",
    "KnowsFeatures",
    "OffersMerits",
    "Parameter",
    "ParameterSpace",
    "SimulatesBatches",
    "Simulator",
    "Smooth",
    "Status",
    "Variable",
    "Waveform",
    "base_series",
    "batch_of",
    "chosen_base",
    "driven",
    "enough_points",
    "failed_trajectory",
    "instants",
    "known_features",
    "known_series",
    "missed",
    "multisine",
    "own_merits",
    "own_metrics",
    "pulse_train",
    "read_csv",
    "read_devices",
    "read_table",
    "read_waveform",
    "reason_kind",
    "rest",
    "signal_of",
    "sine",
    "sweep",
    "trajectory",
    "triangle",
]
