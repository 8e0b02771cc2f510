"""Networks and losses that serve any system."""

from dynsur.core import hookimpl

from .huber import Huber
from .modulated import Modulated

__all__ = ["Huber", "Modulated"]


@hookimpl
def dynsur_models() -> list[Modulated]:
    """Offer the modulated network."""
    return [Modulated()]


@hookimpl
def dynsur_losses() -> list[Huber]:
    """Offer the Huber loss."""
    return [Huber()]
