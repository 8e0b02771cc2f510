"""Compact models of memristors, from their original publications."""

from dynsur.core import ODESystem, hookimpl

from .linear_ion_drift import LINEAR_ION_DRIFT
from .simmons import SIMMONS
from .team import TEAM
from .vteam import VTEAM
from .yakopcic import YAKOPCIC

__all__ = ["LINEAR_ION_DRIFT", "SIMMONS", "TEAM", "VTEAM", "YAKOPCIC"]


@hookimpl
def dynsur_simulators() -> list[ODESystem]:
    """Offer the compact models."""
    return [LINEAR_ION_DRIFT, SIMMONS, TEAM, VTEAM, YAKOPCIC]
