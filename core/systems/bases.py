"""The base of a model: what a system knows of its outputs before it is simulated.

A model may learn how far the outputs depart from a base instead of the outputs themselves: from a
coarse version of the simulator, or from a closed form. This is multi-fidelity modelling, see
Kennedy & O'Hagan (2000), doi:10.1093/biomet/87.1.1, and Peherstorfer et al. (2018),
doi:10.1137/16M1082469.
"""

from collections.abc import Mapping, Sequence

import numpy as np

from ..errors import DynsurError
from ..resampling import resample
from .capabilities import coarse_of, has_coarse, has_estimate, known_series
from .simulator import Simulator

AUTO, COARSE, CLOSED_FORM, NONE = "auto", "coarse", "closed-form", "none"
BASES = (AUTO, COARSE, CLOSED_FORM, NONE)
REASON = "reason"  # the name under which a coarse version says why it has no result

Columns = Mapping[str, np.ndarray]


class CoarseError(DynsurError):
    """The coarse version of a system gives no result for valid input.

    Args:
        system: Which of the systems, counted from 0.
        reason: Why.
    """

    def __init__(self, system: int, reason: str) -> None:
        super().__init__(
            f"the coarse solve of system {system + 1}, which the prediction starts from, failed: "
            f"{reason}"
        )
        self.system, self.reason = system, reason


def offered(simulator: Simulator) -> tuple[str, ...]:
    """Return the bases that a simulator offers, the most accurate one first."""
    having = {COARSE: has_coarse(simulator), CLOSED_FORM: has_estimate(simulator)}
    return tuple(base for base, has in having.items() if has)


def chosen_base(simulator: Simulator, base: str) -> str:
    """Return the base that a setting stands for: "auto" is the most accurate one offered.

    Raises:
        DynsurError: The setting is unknown, or the simulator does not offer that base.
    """
    found = offered(simulator)
    if base == AUTO:
        return found[0] if found else NONE
    if base not in BASES:
        raise DynsurError(f"dataset.base must be one of {', '.join(BASES)}; got '{base}'.")
    if base != NONE and base not in found:
        raise DynsurError(
            f"system '{simulator.name}' has no base '{base}'; it offers "
            f"{' and '.join(found) or 'none'}; choose another --set dataset.base=..."
        )
    return base


def base_series(
    simulator: Simulator,
    base: str,
    parameters: Columns,
    series: Columns,
    time: np.ndarray,
    wanted: Sequence[np.ndarray],
) -> tuple[list[dict[str, np.ndarray]], np.ndarray]:
    """Return what a base tells of n systems along their drives, at one or more sets of instants.

    Args:
        simulator: The system.
        base: One that it offers, or "none".
        parameters: Every parameter of its space by name, each of shape [n].
        series: The driven variables by name, each of shape [n, time], linear between the instants.
        time: Instants of the drives, shape [n, time], in s.
        wanted: Sets of instants, each of shape [n, instant], in s.

    Returns:
        For each set the series by name, each of shape [n, instant]; and for each system why it has
        none, shape [n], "" where it has. The closed form's other series, which models see, join the
        coarse outputs of the first set.

    Raises:
        DynsurError: The base is coarse, and a drive is not known from 0 s on.
    """
    none = np.full(len(time), "", dtype=object)
    if base == NONE:
        return [{} for _ in wanted], none
    if base == CLOSED_FORM:
        return [_closed_form(simulator, parameters, series, time, at) for at in wanted], none
    coarse = coarse_of(simulator)
    assert coarse is not None
    if (time[:, 0] > 0.0).any():
        raise DynsurError(
            f"a coarse solve of '{simulator.name}' follows a drive from its start, and the first "
            f"instant is {time[:, 0].max():g} s; give the drive from 0 s on."
        )
    found = dict(coarse(parameters, series, time, np.concatenate(wanted, axis=1)))
    reasons = np.asarray(found.pop(REASON, none), dtype=object)
    ends = np.cumsum([instants.shape[1] for instants in wanted])[:-1]
    parts = {name: np.split(np.asarray(rows, float), ends, 1) for name, rows in found.items()}
    told = [{name: rows[k] for name, rows in parts.items()} for k in range(len(wanted))]
    told[0] = _closed_form(simulator, parameters, series, time, wanted[0]) | told[0]
    return told, reasons


def _closed_form(
    simulator: Simulator, parameters: Columns, series: Columns, time: np.ndarray, at: np.ndarray
) -> dict[str, np.ndarray]:
    drive = dict(series)
    if at.shape != time.shape or not np.array_equal(at, time, equal_nan=True):
        drive = {name: resample(time, rows, at) for name, rows in series.items()}
    return known_series(simulator, parameters, drive, at)
