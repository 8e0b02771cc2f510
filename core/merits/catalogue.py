"""The figures of merit that every loop of one input and one output has, by name."""

from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass

import numpy as np

from ..errors import DynsurError, unknown_name
from ..systems.loops import loop_areas
from ..systems.variables import Variable
from .definitions import Loop, Merit
from .electrical import ohms, power

ELECTRICAL = ("energy", "resistance_low", "resistance_high")


@dataclass(frozen=True)
class Entry:
    """A figure of merit of an output, and how it is computed.

    Args:
        merit: Its name, unit and meaning.
        output: Name of the output.
        compute: Returns it for n loops, shape [n]; it is NaN where it is undefined.
    """

    merit: Merit
    output: str
    compute: Callable[[Loop], np.ndarray]


def catalogue(inputs: Sequence[Variable], outputs: Iterable[Variable]) -> dict[str, Entry]:
    """Return the figures of merit that apply to a system, by name.

    Every output has extremes. Those of a loop are taken over the first input, and those of
    electrical power and resistance need V and A.
    """
    entries: list[Entry] = []
    for output in outputs:
        found = _extremes(output)
        if inputs:
            found += _loop(inputs[0], output) + _electrical(inputs[0], output)
        entries += found
    return {entry.merit.name: entry for entry in entries}


def short_names(names: Iterable[str], outputs: Iterable[str]) -> dict[str, list[str]]:
    """Return the full names that each name without its output stands for.

    >>> short_names(["current_peak", "state_peak"], ["current", "state"])
    {'peak': ['current_peak', 'state_peak']}
    """
    prefixes = [f"{output}_" for output in outputs]
    short: dict[str, list[str]] = {}
    for name in names:
        for prefix in prefixes:
            if name.startswith(prefix):
                short.setdefault(name.removeprefix(prefix), []).append(name)
    return short


def chosen(wanted: str, names: Sequence[str], outputs: Sequence[str], system: str) -> str:
    """Return the full name of a figure of merit that was asked for, perhaps without its output.

    Raises:
        DynsurError: It does not apply to the system, or several outputs have it.
    """
    if wanted in names:
        return wanted
    full = short_names(names, outputs).get(wanted, [])
    if len(full) == 1:
        return full[0]
    if full:
        raise DynsurError(
            f"several outputs of '{system}' have the figure of merit '{wanted}'; say which: "
            f"{', '.join(full)}."
        )
    general = [n for v in outputs for n in (f"{v}_{wanted}", wanted) if n.endswith(ELECTRICAL)]
    if general:
        raise DynsurError(
            f"the figure of merit '{wanted}' does not apply to '{system}': it needs an input and "
            f"an output in V and A; known are {', '.join(names)}."
        )
    raise unknown_name(f"figure of merit of '{system}'", wanted, names)


def _extremes(y: Variable) -> list[Entry]:
    what = y.attrs["long_name"]

    def entry(name: str, text: str, compute: Callable[[Loop], np.ndarray], log: bool) -> Entry:
        merit = Merit(f"{y.name}_{name}", y.units, text, scale="log" if log else "linear")
        return Entry(merit, y.name, compute)

    return [
        entry("minimum", f"least {what}", lambda loop: loop.response.min(axis=1), False),
        entry("maximum", f"largest {what}", lambda loop: loop.response.max(axis=1), False),
        entry("peak", f"largest modulus of {what}", _peak, True),
    ]


def _loop(u: Variable, y: Variable) -> list[Entry]:
    what, drive = y.attrs["long_name"], u.attrs["long_name"]
    area = f"{y.units}*{u.units}"

    def entry(
        name: str, units: str, text: str, compute: Callable[[Loop], np.ndarray], log: bool = False
    ) -> Entry:
        merit = Merit(f"{y.name}_{name}", units, text, scale="log" if log else "linear")
        return Entry(merit, y.name, compute)

    enclosed = f"area enclosed by {what} over"
    return [
        entry("area_negative", area, f"{enclosed} negative {drive}", lambda loop: _areas(loop, 0)),
        entry("area_positive", area, f"{enclosed} positive {drive}", lambda loop: _areas(loop, 1)),
        entry("area", area, f"area of both lobes of {what} over {drive}", _area, True),
        entry("on_off_ratio", "1", f"ratio of both branches of {what} at the read {drive}",
              _on_off_ratio, True),
        entry(f"set_{u.name}", u.units, f"{drive} that sets {what}", lambda loop: _switch(loop, 1)),
        entry(f"reset_{u.name}", u.units, f"{drive} that resets {what}",
              lambda loop: _switch(loop, -1)),
        entry("rectification", "1", f"{what} at the read {drive} over that at its negative",
              _rectification, True),
    ]  # fmt: skip


def _electrical(u: Variable, y: Variable) -> list[Entry]:
    watts, ratio = power(u.units, y.units), ohms(u.units, y.units)
    if watts is None or ratio is None:
        return []

    def resistance(index: int) -> Callable[[Loop], np.ndarray]:
        factor, by_volt = ratio
        # Of states (larger, smaller) of |y|, the larger current is the smaller resistance.
        state = index if by_volt else 1 - index

        def compute(loop: Loop) -> np.ndarray:
            y_read = loop.states[state]
            return factor * (_over(loop.level, y_read) if by_volt else _over(y_read, loop.level))

        return compute

    def energy(loop: Loop) -> np.ndarray:
        work = np.trapezoid(loop.drive * loop.response, loop.time, axis=1)
        return watts * _over(work, loop.cycles)

    def entry(name: str, units: str, text: str, compute: Callable[[Loop], np.ndarray]) -> Entry:
        return Entry(Merit(f"{y.name}_{name}", units, text, scale="log"), y.name, compute)

    return [
        entry("energy", "J", f"energy a cycle of {y.attrs['long_name']}", energy),
        entry("resistance_low", "ohm", "resistance of the conducting state", resistance(0)),
        entry("resistance_high", "ohm", "resistance of the insulating state", resistance(1)),
    ]


def _peak(loop: Loop) -> np.ndarray:
    return np.abs(loop.response).max(axis=1)


def _areas(loop: Loop, lobe: int) -> np.ndarray:
    areas = loop_areas(loop.drive, loop.response)[:, lobe]
    # Half a NaN loop would count as no loop.
    return np.where(np.isfinite(loop.response).all(axis=1), areas, np.nan)


def _area(loop: Loop) -> np.ndarray:
    return np.abs(_areas(loop, 0)) + np.abs(_areas(loop, 1))


def _on_off_ratio(loop: Loop) -> np.ndarray:
    return _over(*loop.states)


def _rectification(loop: Loop) -> np.ndarray:
    return _over(loop.positive.states(loop.level)[0], loop.negative.states(loop.level)[0])


def _switch(loop: Loop, direction: int) -> np.ndarray:
    """Return the input that sets (+1) or resets (−1): that of the excursion with the wider gap."""
    inputs, gaps = [], []
    for side, excursion in ((1, loop.positive), (-1, loop.negative)):
        modulus, gap = excursion.switching()
        inputs.append(side * modulus)
        gaps.append(direction * gap)
    wider = np.where(gaps[0] >= gaps[1], 0, 1)[None]
    gap = np.take_along_axis(np.stack(gaps), wider, axis=0)[0]
    return np.where(gap > 0, np.take_along_axis(np.stack(inputs), wider, axis=0)[0], np.nan)


def _over(numerator: np.ndarray, denominator: np.ndarray) -> np.ndarray:
    """Return a ratio that is NaN where its denominator is zero."""
    undefined = np.full(np.shape(denominator), np.nan)
    return np.divide(numerator, denominator, out=undefined, where=np.abs(denominator) > 0)
