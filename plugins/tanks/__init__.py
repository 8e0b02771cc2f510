"""Tanks of water, as control engineers know them: systems with several inputs and outputs."""

from dynsur.core import ODESystem, hookimpl

from .quadruple import QUADRUPLE_TANK

__all__ = ["QUADRUPLE_TANK"]


@hookimpl
def dynsur_simulators() -> list[ODESystem]:
    """Offer the tanks."""
    return [QUADRUPLE_TANK]
