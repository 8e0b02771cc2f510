"""What a fit asks: which loops, of which system, with which prior, and how the draws are made."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

import numpy as np

from ..errors import DynsurError
from ..numbers import by_name, number, texts, whole
from ..response import Responder
from ..systems.capabilities import fine_of
from ..systems.simulator import Simulator
from .likelihood import Likelihood, refuse_unlike
from .measured_loop import MeasuredLoop
from .prior import ABSOLUTE, RELATIVE, prior_of, settled_by_drive


@dataclass(frozen=True)
class FitOptions:
    """How a posterior is drawn.

    Args:
        particles: Draws of each chain.
        chains: Independent populations, whose agreement says whether the draws can be trusted.
        checks: Draws that the solver simulates again in each round; 0 for none.
        seed: Seed of all draws.
        rounds: How often at most what the solver says corrects the model, before a last check.
    """

    particles: int = 500
    chains: int = 2
    checks: int = 300
    seed: int = 0
    rounds: int = 4

    def __post_init__(self) -> None:
        limits = {"particles": 100, "chains": 1, "checks": 0, "seed": 0, "rounds": 0}
        for name, least in limits.items():
            whole(f"--{name}", getattr(self, name), least)


def question(
    responder: Responder,
    loops: Sequence[MeasuredLoop],
    noise: Mapping[str, float] | None = None,
    nuisances: Sequence[str] = (),
    solver: Simulator | None = None,
) -> Likelihood:
    """Return the likelihood of measured loops of one device.

    The prior is uniform over the ranges of the responder's space, each on its scale. Parameters
    that only shape the drive are settled by the measured drive.

    Args:
        responder: What answers for the system, its parameters narrowed or fixed as is known.
        loops: Loops of the same device.
        noise: Known standard deviations: `relative` in the model's output, `absolute` in its
            unit, `absolute.NAME` that of one of several outputs; what is not given is estimated
            with the parameters.
        nuisances: Which of "series-resistance", "offset" and "area" are estimated.
        solver: The system that judges what the model says; by default the one that the model
            stands for, or what that one is a coarse version of.

    Raises:
        DynsurError: A name is unknown, a noise is negative, a drive stands still, or nothing is
            left to be fitted.
    """
    refuse_unlike(loops, responder)
    outputs = _outputs(loops, responder.simulator)
    known = _known_noise(noise or {}, list(outputs))
    settled = [settled_by_drive(responder.simulator, loop.time, loop.drive) for loop in loops]
    called = list(dict.fromkeys(texts("'nuisances'", nuisances)))
    if "series-resistance" in called and (len(responder.simulator.inputs) > 1 or len(outputs) > 1):
        raise DynsurError(
            "the nuisance 'series-resistance' needs a system with one input and one measured "
            f"output; '{responder.simulator.name}' has {len(responder.simulator.inputs)} inputs, "
            f"and {len(outputs)} outputs were measured."
        )
    largest = max(float(np.abs(loop.drive).max()) for loop in loops)
    prior = prior_of(responder.space, settled[0], outputs, known, called, largest)
    exact = responder.surrogate is None
    judge = solver or (responder.simulator if exact else fine_of(responder.simulator))
    return Likelihood(responder, prior, tuple(loops), tuple(settled), judge)


def _outputs(loops: Sequence[MeasuredLoop], simulator: Simulator) -> dict[str, tuple[float, str]]:
    """Return the largest modulus and the unit of each measured output."""
    found = {}
    for variable in simulator.outputs:
        of_it = [loop for loop in loops if loop.quantity == variable.name]
        if not of_it:
            continue
        peak = max(loop.peak for loop in of_it)
        if peak == 0:
            raise DynsurError(f"every {variable.name} of '{of_it[0].name}' is 0; nothing to fit.")
        found[variable.name] = (peak, variable.units)
    return found


def _known_noise(noise: Mapping[str, float], outputs: Sequence[str]) -> dict[str, float]:
    """Return known noise by its name among the parameters; see `question`."""
    names = {"relative": RELATIVE, "absolute": ABSOLUTE}
    if len(outputs) > 1:
        names |= {f"absolute.{name}": f"{ABSOLUTE}_{name}" for name in outputs}
    known = {}
    for name, given in by_name("'noise'", noise).items():
        value = number(f"noise '{name}'", given)
        if name not in names or not 0 <= value < np.inf:
            more = f" and absolute.{outputs[0]}=VALUE" if len(outputs) > 1 else ""
            raise DynsurError(
                f"noise takes relative=SHARE and absolute=VALUE{more}, not negative; got "
                f"{name}={value}."
            )
        known[names[name]] = float(value)
    return known
