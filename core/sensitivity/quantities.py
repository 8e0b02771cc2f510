"""The quantities whose sensitivity is asked for, of systems in the unit cube of the parameters."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np

from ..errors import DynsurError, unknown_name
from ..machine import one_thread
from ..merits import Expression, Merit, chosen
from ..numbers import texts
from ..resampling import resample
from ..response import Responder, Response, known_merits, merits_of_response, refuse_no_responder
from ..systems.parameters import Parameter

Z90 = 1.6448536269514722  # standard deviations that a band of 90 % is wide on each side


@dataclass(frozen=True)
class Answers:
    """What n systems do.

    Args:
        values: The quantities, on the scale on which they are analysed, shape [n, quantity].
        shifts: By how much a standard deviation of the model's error moves each, of that shape.
        inside: Whether each system meets the condition, shape [n].
        unfamiliar: Whether each lies outside of the model's training, shape [n].
    """

    values: np.ndarray
    shifts: np.ndarray
    inside: np.ndarray
    unfamiliar: np.ndarray


@dataclass(frozen=True)
class Quantities:
    """Figures of merit, and an output over time, of the systems of a responder.

    Args:
        responder: A model or a system.
        merits: The figures of merit, by their full names.
        logarithmic: Whether each is analysed by its decimal logarithm.
        output: Name of the output that is analysed over time, or "".
        phases: Instants of it as shares of each duration, shape [phase].
        where: The condition that systems must meet, or None.
        needed: Full names of the figures of merit by the names that the condition uses.
        read: Input at which states are read.
    """

    responder: Responder
    merits: tuple[Merit, ...]
    logarithmic: tuple[bool, ...]
    output: str
    phases: tuple[float, ...]
    where: Expression | None
    needed: tuple[tuple[str, str], ...]
    read: float | None

    @property
    def names(self) -> list[str]:
        """The names of the quantities; those over time are all that of the output."""
        return [m.name for m in self.merits] + [self.output] * len(self.phases)

    @property
    def free(self) -> tuple[Parameter, ...]:
        """The parameters that vary."""
        return self.responder.space.free

    def columns(self, unit: np.ndarray) -> dict[str, np.ndarray]:
        """Return every parameter of systems at points [n, parameter] of the unit cube."""
        space = self.responder.space
        free = {p.name: p.from_unit(unit[:, j]) for j, p in enumerate(self.free)}
        return {p.name: free.get(p.name, np.full(len(unit), p.low)) for p in space}

    def __call__(self, unit: np.ndarray) -> Answers:
        """Return the quantities of systems at points [n, parameter] of the unit cube."""
        columns = self.columns(unit)
        with one_thread():
            response = self.responder.respond(columns, banded=True)
        outputs = response.outputs
        values, merits = self._of(columns, response, outputs)
        shifts = np.zeros_like(values)
        if response.low:
            ends = []
            for sign in (-1.0, 1.0):
                moved = {n: y + sign * self._sigma(response, n) for n, y in outputs.items()}
                ends.append(self._of(columns, response, moved)[0])
            shifts = 0.5 * (ends[1] - ends[0])
            one_sided = np.where(np.isfinite(ends[1]), ends[1] - values, values - ends[0])
            shifts = np.where(np.isfinite(shifts), shifts, np.nan_to_num(one_sided))
        inside = np.ones(len(unit), bool)
        if self.where is not None:
            named = {name: merits[full] for name, full in self.needed} | columns
            inside = np.broadcast_to(self.where(named), len(unit)).astype(bool)
        odd = np.array([bool(text) for text in response.unfamiliar], bool)
        return Answers(values, shifts, inside & response.worked, odd)

    @staticmethod
    def _sigma(response: Any, name: str) -> np.ndarray:
        """Return the standard deviation of the model's error that its band stands for."""
        if name not in response.low:
            return np.zeros_like(response.outputs[name])
        return (response.high[name] - response.low[name]) / (2 * Z90)

    def _of(
        self, columns: dict[str, np.ndarray], response: Response, outputs: dict[str, np.ndarray]
    ) -> tuple[np.ndarray, dict[str, np.ndarray]]:
        """Return the quantities [n, quantity], and every figure of merit that is needed by name."""
        full = list(dict.fromkeys([m.name for m in self.merits] + [n for _, n in self.needed]))
        time = response.time
        found = merits_of_response(
            self.responder, columns, response, outputs=outputs, read=self.read, wanted=full
        )
        by_name = {merit.name: values for merit, values in found.items()}
        parts = []
        for merit, log in zip(self.merits, self.logarithmic, strict=True):
            value = by_name[merit.name]
            if log:
                positive = np.full(value.shape, np.nan)
                np.log10(value, out=positive, where=value > 0)
                value = positive
            parts.append(value[:, None])
        if self.output:
            end = time[:, -1:]
            with np.errstate(invalid="ignore"):
                shares = np.where(np.isfinite(end), time / end, np.linspace(0, 1, time.shape[1]))
            parts.append(resample(shares, outputs[self.output], np.array(self.phases)))
        return np.hstack(parts), by_name


def ask(
    responder: Responder,
    of: Sequence[str],
    *,
    over_time: str = "",
    instants: int = 25,
    where: Expression | None = None,
    read: float | None = None,
    linear: bool = False,
) -> Quantities:
    """Return the quantities that names stand for, checked against one system.

    Raises:
        DynsurError: A name is unknown or does not apply; nothing is asked for or nothing is free.
    """
    refuse_no_responder(responder)
    simulator, of = responder.simulator, texts("'of'", of)
    outputs = [v.name for v in simulator.outputs]
    for p in responder.space.free:
        if p.choices:
            raise DynsurError(f"parameter '{p.name}' takes only some values; fix it with --set.")
    if not responder.space.free:
        raise DynsurError("every parameter is fixed; leave at least one of them free.")
    if not of and not over_time:
        raise DynsurError("nothing is asked for: give a figure of merit or an output over time.")
    if over_time and over_time not in outputs:
        raise unknown_name(f"output of '{simulator.name}'", str(over_time), outputs)
    known = known_merits(responder, read)
    names = [merit.name for merit in known]
    by_name = {merit.name: merit for merit in known}
    full = dict.fromkeys(chosen(name, names, outputs, simulator.name) for name in of)
    needed = []
    for name in where.names if where else ():
        if name not in responder.space.names:
            needed.append((name, chosen(name, names, outputs, simulator.name)))
    merits = tuple(by_name[name] for name in full)
    return Quantities(
        responder,
        merits,
        tuple(merit.scale == "log" and not linear for merit in merits),
        over_time,
        tuple(np.linspace(0.0, 1.0, instants + 1)[1:].tolist()) if over_time else (),
        where,
        tuple(needed),
        read,
    )
