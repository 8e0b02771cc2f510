"""How probable measured loops are, given the parameters of many systems at once."""

from collections import Counter
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

import numpy as np

from ..errors import DynsurError, unknown_name
from ..response import Responder, Response
from ..sampling.correction import Correction
from ..sampling.model_error import ModelError, log_normal, log_normal_and_whitened
from ..sampling.stabilised import Stabilised
from ..systems.simulator import Simulator
from .measured_loop import MeasuredLoop
from .prior import ABSOLUTE, AREA, OFFSET, RELATIVE, RESISTANCE, Prior, own

NORMAL_90 = 1.6449  # half-width of the 90 % interval of a normal distribution, in its deviation
BATCH = 500  # systems that are asked at once
LEAST = 1e-12  # of the peak: the least deviation
RELATIVE_GUESS, ABSOLUTE_GUESS = 0.02, 1e-3  # noise that is not known; the second of the peak
LEAST_RELATIVE, LEAST_ABSOLUTE = 1e-4, 1e-6  # of scales on which the noise is about 1
FAR = 10.0  # of the peak: readings beyond are no matter


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
        scales: For each loop the scale on which its correction stands for the solver itself, so
            that no model is asked; empty where corrections are added to what the model says.
        failures: Why systems had no response, with counts; it grows with every call.
    """

    responder: Responder
    prior: Prior
    loops: Sequence[MeasuredLoop]
    settled: Sequence[Mapping[str, float]]
    solver: Simulator
    corrections: tuple[Correction, ...] = ()
    scales: tuple[Stabilised, ...] = ()
    failures: Counter = field(default_factory=Counter)
    _last: tuple[tuple[Any, ...], Response] | None = field(default=None, init=False, repr=False)

    def __getstate__(self) -> dict[str, Any]:
        """Return what another process needs: not the last response."""
        return {**self.__dict__, "_last": None}

    withdrawn = 0.0  # see `LeastSquares`

    @property
    def smooth(self) -> bool:
        """Whether finite differences tell derivatives: models are rough by their coarse solve."""
        return self.responder.surrogate is None or bool(self.scales)

    def __call__(self, z: np.ndarray) -> np.ndarray:
        """Return ln L of points in standard normal coordinates [n, d], shape [n]."""
        return np.concatenate([self.of_values(part) for part in self._parts(z)])

    def with_residuals(self, z: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
        """Return ln L [n] and residuals R [n, residual], with ln L near −½ |R|² up to a constant.

        Beside what was measured less the model, in the noise, these are √(1 + 2 ln(s/s₀)) of each
        point, with s₀ the least noise, so that half their squares are the ln s of the density.
        """
        values, residuals = [], []
        for part in self._parts(z):
            total, rows = np.zeros(len(next(iter(part.values())))), []
            for loop, model, error, scale in self._answers(part):
                residual, variance, error = self._compared(part, loop, model, error, scale)
                density, white = log_normal_and_whitened(residual, variance, error)
                total += _possible(density) + _change(loop, scale)
                least = self._least_noise(loop, scale)
                with np.errstate(invalid="ignore", divide="ignore"):
                    spread = np.sqrt(1.0 + np.log(variance / least**2))
                rows += [white, spread]
            values.append(total)
            residuals.append(np.concatenate(rows, axis=1))
        return np.concatenate(values), np.concatenate(residuals)

    def _parts(self, z: np.ndarray) -> Iterator[Mapping[str, np.ndarray]]:
        values = self.prior.values(z)
        for start in range(0, len(z), BATCH):
            yield {name: column[start : start + BATCH] for name, column in values.items()}

    def of_values(self, values: Mapping[str, np.ndarray]) -> np.ndarray:
        """Return ln L of values [n] by name, shape [n]; −inf where a system has no response."""
        total = np.zeros(len(next(iter(values.values()))))
        for loop, model, error, scale in self._answers(values):
            total += self.log_likelihood(values, loop, model, error, scale)
        return total

    def _answers(
        self, values: Mapping[str, np.ndarray]
    ) -> Iterator[tuple[MeasuredLoop, np.ndarray, ModelError | None, Stabilised | None]]:
        """Yield each loop, the readings [n, point], what they may miss, and the scale of both."""
        for number, loop in enumerate(self.loops):
            if self.scales:
                known, error = self.corrections[number].at(self.places(values))
                yield loop, known, error, self.scales[number]
                continue
            model, band = self.modelled(values, number)
            if self.corrections:
                known, error = self.corrections[number].at(self.places(values))
                yield loop, model + known, error, None
            else:
                yield loop, model, ModelError.of_band(band) if band.any() else None, None

    def places(self, values: Mapping[str, np.ndarray]) -> np.ndarray:
        """Return the standard normal coordinates on which a reading depends: not the noise's."""
        return self.prior.coordinates(values)[:, self.prior.readings]

    def modelled(
        self, values: Mapping[str, np.ndarray], number: int, simulated: bool = False
    ) -> tuple[np.ndarray, np.ndarray]:
        """Return what the instrument would read and the deviation of the model, each [n, point].

        Args:
            values: What is sampled, each of shape [n].
            number: Which of the loops.
            simulated: Whether the solver answers instead of the model.
        """
        loop = self.loops[number]
        response = self._response(values, number, simulated)
        return self._read(response, values, loop.quantity)

    def _response(self, values: Mapping[str, np.ndarray], number: int, simulated: bool) -> Response:
        """Return the response along the drives of a loop; all outputs of a record share it."""
        from ..response import SimulatedResponder

        loop, simulator = self.loops[number], self.responder.simulator
        key = (values, loop.time, loop.drive, simulated)
        if self._last is not None and _same(self._last[0], key):
            return self._last[1]
        count = len(next(iter(values.values())))
        known = {**self.prior.fixed, **self.settled[number]}
        parameters = {
            p.name: values[p.name] if p.name in values else np.full(count, known[p.name])
            for p in self.responder.space
        }
        drives = [np.broadcast_to(drive, (count, drive.size)) for drive in loop.drives]
        if RESISTANCE in values:
            lost = np.nan_to_num(loop.output) * values[RESISTANCE][:, None]
            drives = [drives[0] - lost]
        series = {v.name: drive for v, drive in zip(simulator.inputs, drives, strict=True)}
        asked = self.responder
        if simulated:
            asked = SimulatedResponder(asked.name, self.solver)
        response = asked.along(parameters, series, loop.time)
        self.failures.update(reason for reason in response.reasons if reason)
        if len({v.quantity for v in self.loops}) > 1:
            self._last = (key, response)
        return response

    def _read(
        self, response: Response, values: Mapping[str, np.ndarray], name: str
    ) -> tuple[np.ndarray, np.ndarray]:
        output = response.outputs[name]
        band = np.zeros_like(output)
        if name in response.low:
            band = (response.high[name] - response.low[name]) / (2.0 * NORMAL_90)
        area = values[AREA][:, None] if AREA in values else 1.0
        offset = np.asarray(own(values, OFFSET, name, 0.0), float).reshape(-1, 1)
        return area * output + offset, area * band

    def log_likelihood(
        self,
        values: Mapping[str, np.ndarray],
        loop: MeasuredLoop,
        model: np.ndarray,
        error: ModelError | None = None,
        scale: Stabilised | None = None,
    ) -> np.ndarray:
        """Return ln L of one loop, shape [n], for readings [n, point] and what they may miss.

        With a scale, the readings and what they may miss are given on it.
        """
        compared = self._compared(values, loop, model, error, scale)
        return _possible(log_normal(*compared)) + _change(loop, scale)

    def _compared(
        self,
        values: Mapping[str, np.ndarray],
        loop: MeasuredLoop,
        model: np.ndarray,
        error: ModelError | None,
        scale: Stabilised | None = None,
    ) -> tuple[np.ndarray, np.ndarray, ModelError | None]:
        """Return residuals, the variance of their noise, and what is missed, at the used points."""
        used = loop.used
        if error is not None:
            parts = (error.scale[:, used], error.basis[:, used], error.variance, error.rest[used])
            error = ModelError(*parts)
        if scale is None:
            variance = self.deviation(values, loop, model)[:, used] ** 2
            return loop.output[used] - model[:, used], variance, error
        reading = scale.inverse(model[:, used])
        with np.errstate(invalid="ignore", over="ignore"):
            spread = self.deviation(values, loop, reading) / scale.deviation(reading)
        return scale.forward(loop.output[used]) - model[:, used], spread**2, error

    def scale_of(self, loop: MeasuredLoop) -> Stabilised:
        """Return the scale on which the noise of a loop is 1, or about so where it is not known."""
        relative = own(self.prior.fixed, RELATIVE, loop.quantity, RELATIVE_GUESS)
        absolute = own(self.prior.fixed, ABSOLUTE, loop.quantity, ABSOLUTE_GUESS * loop.peak)
        return Stabilised(max(relative, LEAST_RELATIVE), max(absolute, LEAST_ABSOLUTE * loop.peak))

    def _least_noise(self, loop: MeasuredLoop, scale: Stabilised | None) -> float:
        """Return a bound that the standard deviation of the noise is never below."""
        lowest = {**self.prior.fixed, **{p.name: p.low for p in self.prior.parameters}}
        absolute = np.hypot(own(lowest, ABSOLUTE, loop.quantity, 0.0), LEAST * loop.peak)
        if scale is None:
            return float(absolute)
        ends = np.array([0.0, FAR * loop.peak])  # between which s/s₀ is monotone
        least = np.hypot(own(lowest, RELATIVE, loop.quantity, 0.0) * ends, absolute)
        return float((least / scale.deviation(ends)).min())

    def deviation(
        self, values: Mapping[str, np.ndarray], loop: MeasuredLoop, model: np.ndarray
    ) -> np.ndarray:
        """Return the standard deviation of the noise, shape [n, point]."""
        every = {**self.prior.fixed, **values}
        relative, absolute = (
            np.asarray(own(every, name, loop.quantity, 0.0), float).reshape(-1, 1)
            for name in (RELATIVE, ABSOLUTE)
        )
        return np.sqrt((relative * model) ** 2 + absolute**2 + (LEAST * loop.peak) ** 2)


def _change(loop: MeasuredLoop, scale: Stabilised | None) -> float:
    """Return ln of the density of the data on their own scale over that on another one."""
    if scale is None:
        return 0.0
    return -float(np.log(scale.deviation(loop.output[loop.used])).sum())


def _possible(found: np.ndarray) -> np.ndarray:
    """Return ln L with −inf where it cannot be computed."""
    return np.nan_to_num(found, nan=-np.inf, neginf=-np.inf)


def _same(one: tuple[Any, ...], other: tuple[Any, ...]) -> bool:
    """Return whether the same values are asked along equal drives."""
    alike = one[0] is other[0] and one[3] == other[3]
    return alike and all(np.array_equal(one[i], other[i]) for i in (1, 2))


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
        inputs = [v.name for v in responder.simulator.inputs]
        if len(loop.drives) != len(inputs):
            raise DynsurError(
                f"'{loop.name}' has {len(loop.drives)} drives; system "
                f"'{responder.simulator.name}' has {len(inputs)} inputs."
            )
        if (np.ptp(loop.drives, axis=1) == 0).all():
            each = " and ".join(f"{drive[0]:g}" for drive in loop.drives)
            raise DynsurError(
                f"the {' and '.join(inputs)} of '{loop.name}' is {each} throughout; a fit needs a "
                "drive that moves."
            )
