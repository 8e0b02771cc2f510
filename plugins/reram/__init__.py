"""ReRAM: the vacancy charge-transport model of Spetzler et al. (2023)."""

from dynsur.core import hookimpl

from .parameters import TABLE_1
from .simulator import ReRAM

__all__ = ["TABLE_1", "ReRAM"]


@hookimpl
def dynsur_simulators() -> list[ReRAM]:
    """Offer the device simulator."""
    return [ReRAM()]
