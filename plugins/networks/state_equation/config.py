"""Configuration of the state equation that is fitted by Levenberg–Marquardt steps."""

from dataclasses import dataclass
from typing import TYPE_CHECKING, Literal

from dynsur.core import DynsurError

from ..validation import check_sizes

if TYPE_CHECKING:
    from dynsur.core import Ensemble, Taught, TrainingData


@dataclass(frozen=True)
class StateEquation:
    """A nonlinear state equation, fitted to whole records in free run.

    x_{t+1} = A x_t + B u_t + W tanh(M x_t + V u_t + c);
    y_t = C x_t + D u_t + d + w tanh(E x_t + F u_t + e),  x_0 = X [1, p],  u_t = [s_t, p]

    s are the input series and p the parameters. With `straight`, u_t = [s_t, s_{t−1}, p] and the
    output at t sees x_{t+1}, the state at the end of the straight line from s_{t−1} to s_t. The fit
    starts from a linear model of the records and goes on with Levenberg–Marquardt steps on the
    squared error of whole records, whose derivatives are exact. One system under any drive is
    learnt in minutes to the noise of its data. Where parameters change the response strongly,
    `nlss` depends on them in a richer way. The loss of the training is not asked: both parts are
    judged by the squared error. The instants should be equally spaced (`dataset.kept=1`).

    Args:
        states: Size of x.
        width: Number of tanh units in the state equation.
        output_width: Number of tanh units in the output; 0 makes the output linear in x and u.
        moduli: Whether outputs may be the modulus |v| of a linear response, as a rectified speed
            is. Eight more tanh units are held for each output; they take part where a modulus
            explains the records far better than a linear response, and else stay 0.
        members: Number of equations from different random units, whose mean is the prediction.
        ridge: Weight of the squared weights beside the mean squared error of encoded outputs.
        integrating: Whether every output accumulates, as a position or a charge does: so many of
            the states are running sums, on which nothing but the outputs depends.
        start: "shared": x_0 follows from the parameters, as for a system that begins at rest;
            "free": each record of the training has its own x_0, as recordings have.
        keep: "best": the step with the lowest error on the validation part; "last": the last one.
            Records of a thousand samples hold too little to choose a step by; `ridge` alone keeps
            such a fit from following their noise.
        straight: Whether the inputs are straight lines between samples, as those of
            piecewise-linear drives; else they are taken as held from a sample to the next.

    Source: Paduart et al. (2010), doi:10.1016/j.automatica.2010.01.001, for the fit from a linear
    model by Levenberg–Marquardt steps; Schoukens (2021), doi:10.23919/ECC54610.2021.9654841, for
    tanh units in place of their polynomials.
    """

    states: int = 3
    width: int = 15
    output_width: int = 0
    moduli: bool = False
    members: int = 1
    ridge: float = 1e-12
    integrating: bool = False
    start: Literal["shared", "free"] = "shared"
    keep: Literal["best", "last"] = "best"
    straight: bool = False

    name = "state-equation"
    description = "one nonlinear state equation, fitted to whole records by second-order steps"

    def __post_init__(self) -> None:
        check_sizes(self, "states", "width", "members")
        if self.output_width < 0 or self.ridge < 0:
            raise DynsurError(
                "model.output_width and model.ridge must not be negative; "
                f"got {self.output_width} and {self.ridge:g}."
            )

    def build(self, series: int, parameters: int, outputs: int) -> "Ensemble":
        """Build the network for the given numbers of channels; see `dynsur.core.Model`."""
        from dynsur.core import Ensemble

        from .module import HeldNetwork, StraightNetwork
        from .rectified import UNITS

        kind = StraightNetwork if self.straight else HeldNetwork
        sizes = (self.states, self.width, self.output_width, series, parameters, outputs)
        idle = UNITS * outputs if self.moduli else 0
        return Ensemble([kind(*sizes, idle) for _ in range(self.members)])

    def teacher(self, module: "Ensemble", data: "TrainingData") -> "Taught":
        """Return what fits the members; see `dynsur.core.Taught`."""
        from .fitting import Fit
        from .module import Network

        members = [member for member in module.members if isinstance(member, Network)]
        return Fit(
            members,
            data.train,
            data.validation,
            self.ridge,
            own_starts=self.start == "free",
            integrating=self.integrating,
            ahead=self.straight,
            keeps_last=self.keep == "last",
        )
