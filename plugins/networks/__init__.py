"""Networks and losses for any system."""

from dynsur.core import hookimpl

from .gru import GRU
from .huber import Huber
from .modulated import Modulated
from .nlss import NLSS
from .residual import Residual
from .ssm import SSM
from .state_equation import StateEquation

__all__ = ["GRU", "Huber", "Modulated", "NLSS", "Residual", "SSM", "StateEquation"]


@hookimpl
def dynsur_models() -> list[Modulated | GRU | NLSS | SSM | StateEquation]:
    """Offer the networks."""
    return [Modulated(), GRU(), NLSS(), SSM(), StateEquation()]


@hookimpl
def dynsur_losses() -> list[Huber | Residual]:
    """Offer the Huber loss, and a loss that uses the system's equation."""
    return [Huber(), Residual()]
