"""Magnetic materials: hysteresis that follows the rate of the drive, not its pace."""

from dynsur.core import ODESystem, hookimpl

from .jiles_atherton import JILES_ATHERTON

__all__ = ["JILES_ATHERTON"]


@hookimpl
def dynsur_simulators() -> list[ODESystem]:
    """Offer the magnetic materials."""
    return [JILES_ATHERTON]
