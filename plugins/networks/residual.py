"""A physics-informed loss: the data, and the residual of the system's own state equation."""

from collections.abc import Callable
from dataclasses import dataclass
from typing import TYPE_CHECKING

from dynsur.core import DynsurError, Encoding, ODESystem, Simulator

from .huber import Huber

if TYPE_CHECKING:
    from torch import Tensor


@dataclass(frozen=True)
class Residual:
    """Huber's loss of the data, plus `weight` times that of the residual of dy/dt = f(t, y, u, p).

    r_k = y_{k+1} − y_k − (t_{k+1} − t_k) (f_k + f_{k+1})/2 over neighbouring instants, from y(0)
    on, relative to the range of y. Where f changes so much in between that the trapezoidal rule
    errs, r says little: it is weighted by 1/(1 + (e/error)²) with e = h |f_{k+1} − f_k|/2, relative
    to the range too.

    Args:
        weight: Of the residual.
        delta: δ of both parts, see `Huber`.
        error: e at which a residual counts half.
        states: Outputs that are the components of y, with commas; where the system has no
            `observe` they are its outputs.

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
        """Return the data's part, of [batch, time, output] tensors in the model's own scale."""
        return Huber(self.delta)(prediction, target)

    def bind(
        self, simulator: Simulator, encoding: Encoding
    ) -> "Callable[[Tensor, Tensor, Tensor, Tensor], Tensor]":
        """Return the loss of a system's tensors, which also sees the model's inputs.

        Raises:
            DynsurError: The system is no ODESystem, or its states are not among its outputs.
        """
        if not isinstance(simulator, ODESystem):
            raise DynsurError(
                f"loss residual needs a system of ordinary differential equations; "
                f"'{simulator.name}' is none; choose another loss."
            )
        from .residual_module import Bound

        return Bound(self, simulator, encoding)
