"""A battery of PyBaMM, which shows how an existing simulator becomes a system of dynsur."""

from dynsur.core import hookimpl

from .battery import Battery

__all__ = ["Battery"]


@hookimpl
def dynsur_simulators() -> list[Battery]:
    """Offer the battery."""
    return [Battery()]
