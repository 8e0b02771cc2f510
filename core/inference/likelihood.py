"""How probable measured loops are, given the parameters of many systems at once."""

from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field

import numpy as np

from ..errors import DynsurError, unknown_name
from ..response import Responder, Response
from ..sampling.correction import Correction
from ..sampling.model_error import ModelError, log_normal
from ..systems.simulator import Simulator
from .measured_loop import MeasuredLoop
from .prior import ABSOLUTE, AREA, OFFSET, RELATIVE, RESISTANCE, Prior

NORMAL_90 = 1.6449  # half-width of the 90 % interval of a normal distribution, in its deviation
BATCH = 500  # systems that are asked at once
LEAST = 1e-12  # of the peak: the least deviation


@dataclass
class Likelihood:
    """The likelihood of measured loops, with independent normal noise.

    ln L = −½ Σ [(y − m)²/s² + ln(2 π s²)] with s² = (r m)² + a²: relative noise r, absolute
    noise a. What the model may be wrong by is a normal error that resembles itself along the loop:
    within its band, or what remains unknown of it where it was corrected. With nuisances, the
    system sees u − R_s y instead of u, and m is its area times its output plus an offset.

    Args:
        responder: What answers for the system.
        prior: Names of what is sampled, and what is fixed.
        loops: The measured loops.
        settled: For each loop the parameters that its drive settles.
        solver: The system that judges what the model says.
        corrections: For each loop what the model gets wrong, if that has been learnt.
        failures: Why systems had no response, with counts; it grows with every call.
    """

    responder: Responder
    prior: Prior
    loops: Sequence[MeasuredLoop]
    settled: Sequence[Mapping[str, float]]
    solver: Simulator
    corrections: tuple[Correction, ...] = ()
    failures: Counter = field(default_factory=Counter)

    def __call__(self, z: np.ndarray) -> np.ndarray:
        """Return ln L of points in standard normal coordinates [n, d], shape [n]."""
        values = self.prior.values(z)
        parts = []
        for start in range(0, len(z), BATCH):
            part = {name: column[start : start + BATCH] for name, column in values.items()}
            parts.append(self.of_values(part))
        return np.concatenate(parts)

    def of_values(self, values: Mapping[str, np.ndarray]) -> np.ndarray:
        """Return ln L of values [n] by name, shape [n]; −inf where a system has no response."""
        total = np.zeros(len(next(iter(values.values()))))
        for number, loop in enumerate(self.loops):
            model, band = self.modelled(values, number)
            if self.corrections:
                known, error = self.corrections[number].at(self.places(values))
                model = model + known
            else:
                error = ModelError.of_band(band) if band.any() else None
            total += self.log_likelihood(values, loop, model, error)
        return total

    def places(self, values: Mapping[str, np.ndarray]) -> np.ndarray:
        """Return the standard normal coordinates on which a reading depends: not the noise's."""
        names = self.prior.names
        kept = [i for i, name in enumerate(names) if name not in (RELATIVE, ABSOLUTE)]
        return self.prior.coordinates(values)[:, kept]

    def modelled(
        self, values: Mapping[str, np.ndarray], number: int, simulated: bool = False
    ) -> tuple[np.ndarray, np.ndarray]:
        """Return what the instrument would read and the deviation of the model, each [n, point].

        Args:
            values: What is sampled, each of shape [n].
            number: Which of the loops.
            simulated: Whether the solver answers instead of the model.
        """
        from ..response import SimulatedResponder

        loop = self.loops[number]
        count = len(next(iter(values.values())))
        known = {**self.prior.fixed, **self.settled[number]}
        parameters = {
            p.name: values[p.name] if p.name in values else np.full(count, known[p.name])
            for p in self.responder.space
        }
        drive = np.broadcast_to(loop.drive, (count, loop.drive.size))
        if RESISTANCE in values:
            lost = np.nan_to_num(loop.output) * values[RESISTANCE][:, None]
            drive = drive - lost
        name = self.responder.simulator.inputs[0].name
        asked = self.responder
        if simulated:
            asked = SimulatedResponder(asked.name, self.solver)
        return self._read(asked.along(parameters, {name: drive}, loop.time), values, loop.quantity)

    def _read(
        self, response: Response, values: Mapping[str, np.ndarray], name: str
    ) -> tuple[np.ndarray, np.ndarray]:
        output = response.outputs[name]
        self.failures.update(reason for reason in response.reasons if reason)
        band = np.zeros_like(output)
        if name in response.low:
            band = (response.high[name] - response.low[name]) / (2.0 * NORMAL_90)
        area = values[AREA][:, None] if AREA in values else 1.0
        offset = values[OFFSET][:, None] if OFFSET in values else 0.0
        return area * output + offset, area * band

    def log_likelihood(
        self,
        values: Mapping[str, np.ndarray],
        loop: MeasuredLoop,
        model: np.ndarray,
        error: ModelError | None = None,
    ) -> np.ndarray:
        """Return ln L of one loop, shape [n], for readings [n, point] and what they may miss."""
        used = loop.used
        if error is not None:
            parts = (error.scale[:, used], error.basis[:, used], error.variance, error.rest[used])
            error = ModelError(*parts)
        variance = self.deviation(values, loop, model)[:, used] ** 2
        found = log_normal(loop.output[used] - model[:, used], variance, error)
        return np.nan_to_num(found, nan=-np.inf, neginf=-np.inf)

    def deviation(
        self, values: Mapping[str, np.ndarray], loop: MeasuredLoop, model: np.ndarray
    ) -> np.ndarray:
        """Return the standard deviation of the noise, shape [n, point]."""
        relative, absolute = (
            np.asarray(values.get(name, self.prior.fixed.get(name, 0.0)), float).reshape(-1, 1)
            for name in (RELATIVE, ABSOLUTE)
        )
        return np.sqrt((relative * model) ** 2 + absolute**2 + (LEAST * loop.peak) ** 2)


def refuse_unlike(loops: Sequence[MeasuredLoop], responder: Responder) -> None:
    """Refuse drives that the system's own could never have.

    Raises:
        DynsurError: There is no loop, or a drive stands still.
    """
    names = [v.name for v in responder.simulator.outputs]
    if not isinstance(loops, list | tuple) or not all(isinstance(v, MeasuredLoop) for v in loops):
        raise DynsurError(f"a fit takes a list of measured loops; got {loops!r:.60}.")
    for loop in loops:
        if loop.quantity not in names:
            raise unknown_name(f"output of '{responder.simulator.name}'", loop.quantity, names)
    if not loops:
        raise DynsurError("a fit needs a measured loop; give one with --measured FILE.")
    for loop in loops:
        if np.ptp(loop.drive) == 0:
            name = responder.simulator.inputs[0].name
            raise DynsurError(
                f"the {name} of '{loop.name}' is {loop.drive[0]:g} throughout; a fit needs a drive "
                "that moves."
            )
