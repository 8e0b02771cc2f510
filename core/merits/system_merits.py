"""Compute the figures of merit of n systems: those of every loop, and those of their system."""

from collections.abc import Mapping, Sequence

import numpy as np

from ..errors import DynsurError
from ..numbers import number
from ..systems.capabilities import has_merits, own_merits
from ..systems.simulator import Simulator
from ..systems.variables import Variable
from .catalogue import catalogue, chosen
from .definitions import Loop, Merit

Columns = Mapping[str, np.ndarray]


def all_merits(
    inputs: Sequence[Variable],
    outputs: Sequence[Variable],
    series: Columns,
    time: np.ndarray,
    *,
    read: float | None = None,
    wanted: Sequence[str] | None = None,
) -> dict[Merit, np.ndarray]:
    """Return the figures of merit of n systems' responses, each [n]; NaN where undefined.

    Args:
        inputs: The driven variables; loops are taken over the first.
        outputs: The computed variables.
        series: Every input and output by name, each of shape [n, time], in its unit.
        time: Instants, shape [n, time], in s.
        read: Input at which states are read, in its unit; by default 0.2 of each largest input.
        wanted: Full names of those wanted; by default all that apply.
    """
    if read is not None and number("the read input", read) == 0.0:
        raise DynsurError("the read input must be finite and not 0; got 0.")
    entries = catalogue(inputs, outputs)
    found: dict[Merit, np.ndarray] = {}
    loops: dict[str, Loop] = {}
    for name, entry in entries.items():
        if wanted is not None and name not in wanted:
            continue
        if entry.output not in loops:
            response = np.asarray(series[entry.output], float)
            drive = series[inputs[0].name] if inputs else np.zeros_like(response)
            loops[entry.output] = Loop(np.asarray(drive, float), response, time, read)
        with np.errstate(invalid="ignore"):  # of failed systems
            found[entry.merit] = entry.compute(loops[entry.output])
    return found


def merits_of(
    simulator: Simulator,
    parameters: Columns,
    series: Columns,
    time: np.ndarray,
    *,
    read: float | None = None,
    wanted: Sequence[str] | None = None,
) -> dict[Merit, np.ndarray]:
    """Return the figures of merit of n systems, those that their simulator offers included.

    Args:
        simulator: May be one that `OffersMerits`.
        parameters: Every parameter by name, each of shape [n].
        series: Every input and output by name, each of shape [n, time].
        time: Instants, shape [n, time], in s.
        read: As for `all_merits`.
        wanted: Names, perhaps without their output; by default all that apply.

    Raises:
        DynsurError: A name is unknown or does not apply to the system.
    """
    own: dict[Variable, np.ndarray] = {}
    generic = list(catalogue(simulator.inputs, simulator.outputs))
    outputs = [v.name for v in simulator.outputs]
    if has_merits(simulator) and (wanted is None or not set(wanted) <= set(generic)):
        own = own_merits(simulator, parameters, series, time)
    names = [*generic, *(v.name for v in own)]
    full = None if wanted is None else [chosen(w, names, outputs, simulator.name) for w in wanted]
    found = all_merits(
        simulator.inputs, simulator.outputs, series, time, read=read, wanted=full
    ) | {as_merit(v): values for v, values in own.items() if full is None or v.name in full}
    order = names if full is None else full
    return dict(sorted(found.items(), key=lambda item: order.index(item[0].name)))


def as_merit(variable: Variable) -> Merit:
    """Return a variable as a figure of merit, which is linear unless it says otherwise."""
    if isinstance(variable, Merit):
        return variable
    return Merit(variable.name, variable.units, variable.long_name, variable.symbol)
