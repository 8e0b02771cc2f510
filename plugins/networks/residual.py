"""A physics-informed loss of the data and of the residual of the system's state equation."""

from collections.abc import Callable
from dataclasses import dataclass
from typing import TYPE_CHECKING

from dynsur.core import DynsurError, Encoding, ODESystem, Simulator

from .huber import Huber

if TYPE_CHECKING:
    from torch import Tensor


@dataclass(frozen=True)
class Residual:
    """The Huber loss of the data plus `weight` times that of the residual of dy/dt = f(t, y, u, p).

    The residual is r_k = y_{k+1} − y_k − h (f_k + f_{k+1})/2 with h = t_{k+1} − t_k, from y(0) on,
    relative to the range of y. It is inaccurate where f changes much within h. It is therefore
    weighted by 1/(1 + (e/error)²) with e = h |f_{k+1} − f_k|/2, also relative to the range.

    Args:
        weight: Weight of the residual.
        delta: δ of both parts; see `Huber`.
        error: e at which a residual has half its weight.
        states: Names of the outputs that are the components of y, separated by commas. They are
            not needed if the system has no `observe`.

    Source: Raissi, Perdikaris & Karniadakis (2019), doi:10.1016/j.jcp.2018.10.045.
    """

    weight: float = 1.0
    delta: float = 0.05
    error: float = 0.01
    states: str = "state"

    name = "residual"
    description = "Huber's loss and the residual of the system's state equation"

    def __post_init__(self) -> None:
        if self.weight < 0 or self.delta <= 0 or self.error <= 0:
            raise DynsurError(
                "loss.weight must not be negative, loss.delta and loss.error must be positive; got "
                f"{self.weight:g}, {self.delta:g} and {self.error:g}."
            )

    def __call__(self, prediction: "Tensor", target: "Tensor") -> "Tensor":
        """Return the loss of the data, encoded tensors [batch, time, output]."""
        return Huber(self.delta)(prediction, target)

    def bind(
        self, simulator: Simulator, encoding: Encoding
    ) -> "Callable[[Tensor, Tensor, Tensor, Tensor], Tensor]":
        """Return the loss of a system as a function that also takes the model's inputs.

        Raises:
            DynsurError: The system is not an ODESystem, or its states are not outputs.
        """
        if not isinstance(simulator, ODESystem):
            raise DynsurError(
                f"loss residual needs a system of ordinary differential equations; "
                f"'{simulator.name}' is not one; choose another loss."
            )
        if simulator.rates:
            raise DynsurError(
                f"loss residual does not know du/dt between the recorded instants, which the "
                f"right-hand side of '{simulator.name}' needs; choose another loss."
            )
        from .residual_module import Bound

        return Bound(self, simulator, encoding)
