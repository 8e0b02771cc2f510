"""Networks and losses that serve any system."""

from dynsur.core import hookimpl

from .gru import GRU
from .huber import Huber
from .modulated import Modulated

__all__ = ["GRU", "Huber", "Modulated"]


@hookimpl
def dynsur_models() -> list[Modulated | GRU]:
    """Offer the networks."""
    return [Modulated(), GRU()]


@hookimpl
def dynsur_losses() -> list[Huber]:
    """Offer the Huber loss."""
    return [Huber()]
