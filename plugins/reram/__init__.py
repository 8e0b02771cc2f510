"""ReRAM: the vacancy charge-transport model of Spetzler et al. (2023), and the paper's network."""

from dynsur.core import Experiment, hookimpl

from .experiments import EXPERIMENTS
from .internal_state import ReRAMState
from .networks.composite_loss import CompositeLoss
from .networks.graph import Graph
from .networks.hdinn import HDiNN
from .parameters import TABLE_1, TMDC
from .simulator import ReRAM

__all__ = ["TABLE_1", "TMDC", "CompositeLoss", "Graph", "HDiNN", "ReRAM", "ReRAMState"]


@hookimpl
def dynsur_simulators() -> list[ReRAM]:
    """Offer the device simulator, its current or its internal state as the outputs."""
    return [ReRAM(), ReRAMState()]


@hookimpl
def dynsur_models() -> list[HDiNN | Graph]:
    """Offer the paper's network, and one for the internal state."""
    return [HDiNN(), Graph()]


@hookimpl
def dynsur_losses() -> list[CompositeLoss]:
    """Offer the paper's loss."""
    return [CompositeLoss()]


@hookimpl
def dynsur_experiments() -> list[Experiment]:
    """Offer Table 1's box with two models, and boxes around the literature's devices."""
    return EXPERIMENTS
