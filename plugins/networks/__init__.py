"""Networks and losses that serve any system."""

from dynsur.core import hookimpl

from .huber import Huber
from .modulated import Modulated
from .residual import Residual

__all__ = ["Huber", "Modulated", "Residual"]


@hookimpl
def dynsur_models() -> list[Modulated]:
    """Offer the modulated network."""
    return [Modulated()]


@hookimpl
def dynsur_losses() -> list[Huber | Residual]:
    """Offer the Huber loss, and one that knows the system's equation."""
    return [Huber(), Residual()]
