"""ReRAM: the charge-transport model of Spetzler et al. (2023) and the paper's network."""

from dynsur.core import Experiment, hookimpl

from .coarse_simulator import ReRAMCoarse
from .driven import ReRAMDriven
from .experiments import EXPERIMENTS
from .internal_state import ReRAMState
from .networks.composite_loss import CompositeLoss
from .networks.graph import Graph
from .networks.hdinn import HDiNN
from .parameters import TABLE_1, TMDC
from .simulator import ReRAM

__all__ = [
    "TABLE_1",
    "TMDC",
    "CompositeLoss",
    "Graph",
    "HDiNN",
    "ReRAM",
    "ReRAMCoarse",
    "ReRAMDriven",
    "ReRAMState",
]


@hookimpl
def dynsur_simulators() -> list[ReRAM]:
    """Offer the device, solved exactly or coarsely, its internal state, and random drives."""
    return [ReRAM(), ReRAMCoarse(), ReRAMState(), ReRAMDriven()]


@hookimpl
def dynsur_models() -> list[HDiNN | Graph]:
    """Offer the paper's network and a network for the internal state."""
    return [HDiNN(), Graph()]


@hookimpl
def dynsur_losses() -> list[CompositeLoss]:
    """Offer the paper's loss."""
    return [CompositeLoss()]


@hookimpl
def dynsur_experiments() -> list[Experiment]:
    """Offer the ranges of Table 1 with two models, and ranges around published devices."""
    return EXPERIMENTS
