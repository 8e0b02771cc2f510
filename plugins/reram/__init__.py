"""ReRAM: the vacancy charge-transport model of Spetzler et al. (2023), and the paper's network."""

from dynsur.core import Experiment, hookimpl

from .experiments import EXPERIMENTS
from .hdinn import HDiNN
from .loss import CompositeLoss
from .parameters import TABLE_1, TMDC
from .simulator import ReRAM

__all__ = ["TABLE_1", "TMDC", "CompositeLoss", "HDiNN", "ReRAM"]


@hookimpl
def dynsur_simulators() -> list[ReRAM]:
    """Offer the device simulator."""
    return [ReRAM()]


@hookimpl
def dynsur_models() -> list[HDiNN]:
    """Offer the paper's network."""
    return [HDiNN()]


@hookimpl
def dynsur_losses() -> list[CompositeLoss]:
    """Offer the paper's loss."""
    return [CompositeLoss()]


@hookimpl
def dynsur_experiments() -> list[Experiment]:
    """Offer Table 1's box with two models, and a box around the literature's devices."""
    return EXPERIMENTS
