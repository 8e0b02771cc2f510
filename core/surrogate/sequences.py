"""Models that step in time: any number of samples at one interval, from a state that is found."""

import copy
from collections.abc import Callable, Mapping
from typing import Any

import numpy as np
import numpy.typing as npt
import torch
from torch import Tensor, nn

from ..encoding.encoding import Encoding
from ..errors import DynsurError
from ..numbers import numbers
from ..resampling import ends, resample
from ..systems.simulator import Simulator
from .inputs import Conditions, Seen, every_parameter, one_series
from .network import Decode

STEPS = 20  # of Gauss and Newton, at most
SMALL = 1e-6  # change of a state by which its effect is told
RIDGE = 1e-6  # weight of a state's size beside the squared errors on the model's scale
REACH = 2.0  # widths of the training's range that a response may lie beyond it
FAR = 50.0  # median distances of the members, beyond which one does not count
ENOUGH = 1e-9  # relative gain of a step below which the search ends

Columns = Mapping[str, np.ndarray]


def stepped_inputs(simulator: Simulator, given: Conditions, step: float) -> tuple[Seen, np.ndarray]:
    """Return what a model that steps in time sees of n systems, and its instants [n, step] in s.

    Every system has as many steps as the longest one; its last input is kept to the end.

    Args:
        simulator: Names the inputs and parameters.
        given: The systems and their drives.
        step: Interval of the model, in s.
    """
    time = np.asarray(given.time, float)
    values = every_parameter(simulator, given.parameters, len(time))
    series = {v.name: one_series(given.series, v.name, time.shape) for v in simulator.inputs}
    last = float(ends(time, None).max())
    # So many that the last instant is not behind the last step.
    count = int(np.ceil(last / step * (1 - 1e-9))) + 1
    instants = np.broadcast_to(step * np.arange(count), (len(time), count))
    seen = {name: resample(time, rows, instants) for name, rows in series.items()}
    return Seen(seen, dict(values), {}), instants


def stepped_decoder(encoding: Encoding, instants: np.ndarray, given: Conditions) -> Decode:
    """Return a function that decodes a model's outputs [n, step, output] at the wanted instants."""
    time = np.asarray(given.time, float)

    def decode(encoded: np.ndarray) -> dict[str, np.ndarray]:
        columns = [resample(instants, c, time) for c in np.moveaxis(encoded, 2, 0)]
        return encoding.decode_outputs(np.stack(columns, axis=-1))

    return decode


def _measured(
    measured: Mapping[str, npt.ArrayLike], name: str, shape: tuple[int, ...]
) -> np.ndarray:
    if name not in measured:
        raise DynsurError(f"'measured' lacks '{name}'; got {', '.join(measured) or 'nothing'}.")
    rows = np.atleast_2d(numbers(f"the measured '{name}'", measured[name]))
    if rows.shape != shape:
        raise DynsurError(f"the measured '{name}' has shape {rows.shape}; expected {shape}.")
    return rows


@torch.inference_mode()
def run_steps(
    module: nn.Module,
    encoding: Encoding,
    seen: Seen,
    measured: Columns | None = None,
) -> np.ndarray:
    """Return every member's encoded outputs, [member, n, step, output].

    Args:
        module: The network.
        encoding: The scales.
        seen: What the network sees.
        measured: Outputs of the first steps by name, [n, first], NaN where unknown, from which the
            state of each system is estimated where the network has one that can be set.
    """
    series = torch.from_numpy(encoding.encode_series(seen.series))
    parameters = torch.from_numpy(encoding.encode_parameters(seen.scalars))
    members: Any = getattr(module, "members", None) or [module]
    if measured is None or not all(has_state(member) for member in members):
        each = getattr(module, "each", None)
        outputs = each(series, parameters) if each else module(series, parameters)[None]
        return without_runaways(outputs.numpy().astype(float))
    target = torch.from_numpy(encoding.encode_outputs(measured).astype(float))
    found = [
        member(series, parameters, found_state(member, series, parameters, target).float())
        for member in members
    ]
    return without_runaways(torch.stack(found).numpy().astype(float))


def without_runaways(outputs: np.ndarray) -> np.ndarray:
    """Return members' outputs with the mean of the others in place of one that runs away.

    A free run feeds its own errors back. On a record unlike those of the training, one member of
    many may leave for elsewhere, and would take the mean of all with it. A member counts as such if
    it leaves the range of the training by more than REACH, or lies more than FAR times as far from
    the members' median as half of them.

    Args:
        outputs: Encoded outputs, [member, n, step, output], which lie in [0, 1] in the training.
    """
    stays = (np.abs(outputs - 0.5) <= 0.5 + REACH).all(axis=(2, 3))
    if len(outputs) > 2:
        tame = np.where(np.isfinite(outputs), outputs, np.inf)
        apart = np.abs(np.clip(tame, -1.0 - REACH, 2.0 + REACH) - np.median(tame, axis=0))
        distance = np.sqrt((apart**2).mean(axis=(2, 3)))
        stays &= distance <= FAR * np.median(distance, axis=0)
    counts = np.asarray(stays | ~stays.any(axis=0))[:, :, None, None]
    if counts.all():
        return outputs
    others = np.where(counts, outputs, 0.0).sum(axis=0) / counts.sum(axis=0)
    return np.where(counts, outputs, others)


def has_state(member: nn.Module) -> bool:
    """Whether a network has a state that can be set.

    It then has an attribute `states`, the size of the state, and `forward` takes a third argument:
    what is added to its own first state, shape [batch, states].
    """
    return isinstance(getattr(member, "states", None), int)


@torch.inference_mode()
def found_state(member: nn.Module, series: Tensor, parameters: Tensor, target: Tensor) -> Tensor:
    """Return what to add to a network's first state so that it follows the first outputs.

    It minimises the sum of squared errors over the known values of the target, with a small weight
    on its own size, by the method of Levenberg and Marquardt from 0. A network that knows its own
    mean squared error as `noise` weighs its first state by it: what so few outputs, whose errors
    are alike, do not determine stays where the records of the training began.

    Args:
        member: A network with a state, see `has_state`.
        series: Encoded inputs, shape [n, step, channel].
        parameters: Encoded scalar inputs, shape [n, parameter].
        target: Encoded outputs of the first steps, float64 [n, first, output], NaN where unknown.

    Returns:
        float64 [n, states].

    Source: Marquardt (1963), doi:10.1137/0111030.
    """
    exact = copy.deepcopy(member).double().eval()
    size, first = int(exact.states), target.shape[1]  # type: ignore[arg-type]
    found = torch.zeros(len(target), size, dtype=torch.float64)
    for i in range(len(target)):
        kept = ~torch.isnan(target[i])
        weight = max(RIDGE, float(getattr(member, "noise", 0.0)) * int(kept.sum()))
        begin, scalars = series[i : i + 1, :first].double(), parameters[i : i + 1].double()

        def errors(
            states: Tensor,
            begin: Tensor = begin,
            scalars: Tensor = scalars,
            kept: Tensor = kept,
            wanted: Tensor = target[i],
            weight: float = weight,
        ) -> Tensor:
            """Return the errors and the weighted state of each row, [row, error]."""
            rows = len(states)
            outputs = exact(begin.expand(rows, -1, -1), scalars.expand(rows, -1), states)
            off = (outputs - wanted)[:, kept]
            return torch.cat([off, weight**0.5 * states], dim=1)

        if kept.any():
            found[i] = _least_squares(errors, size)
    return found


def _least_squares(errors: Callable[[Tensor], Tensor], size: int) -> Tensor:
    state, damping = torch.zeros(size, dtype=torch.float64), 1e-3
    now = errors(state[None])[0]
    nudges = SMALL * torch.eye(size, dtype=torch.float64)
    for _ in range(STEPS):
        moved = errors(torch.cat([state + nudges, state - nudges]))
        slopes = ((moved[:size] - moved[size:]) / (2 * SMALL)).T
        square = slopes.T @ slopes
        for _ in range(STEPS):
            damped = square + damping * torch.diag(torch.diagonal(square))
            trial = state - torch.linalg.solve(damped, slopes.T @ now)
            then = errors(trial[None])[0]
            if bool(torch.isfinite(then).all()) and float(then @ then) < float(now @ now):
                break
            damping *= 10
        else:
            return state
        gain = 1 - float(then @ then) / float(now @ now)
        state, now, damping = trial, then, damping / 10
        if gain < ENOUGH:
            break
    return state


def known_outputs(
    encoding: Encoding,
    measured: Mapping[str, npt.ArrayLike] | None,
    given: Conditions,
    instants: np.ndarray,
) -> dict[str, np.ndarray] | None:
    """Return measured outputs at a model's first steps, up to the last one that is known.

    Args:
        encoding: Names the outputs.
        measured: Outputs by name, [n, time], NaN where unknown; None where nothing was measured.
        given: Their instants.
        instants: The model's, [n, step], in s.

    Raises:
        DynsurError: An output is missing or has another shape than the instants.
    """
    if measured is None:
        return None
    names, time = [scale.name for scale in encoding.outputs], given.time
    measured = {name: _measured(measured, name, time.shape) for name in names}
    known = np.any([np.isfinite(measured[name]) for name in names], axis=(0, 1))
    last = float(time[:, : int(np.flatnonzero(known)[-1]) + 1].max()) if known.any() else -1.0
    count = max(1, int((instants[0] <= last * (1 + 1e-9)).sum()))
    found = {name: np.full((len(time), count), np.nan) for name in names}
    for name, rows in found.items():
        for row, t, y, wanted in zip(rows, time, measured[name], instants[:, :count], strict=True):
            told = np.isfinite(y)
            if told.any():
                row[:] = np.interp(wanted, t[told], y[told], left=np.nan, right=np.nan)
    return found
