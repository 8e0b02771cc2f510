"""Trace a trained network that is stepped in time into expressions."""

from collections.abc import Mapping
from typing import TYPE_CHECKING, Any, NamedTuple

import numpy as np

from ..encoding.scales import PHASE, Scale
from ..errors import DynsurError
from ..registry.recorded import Recorded
from ..systems.capabilities import drive_of, known_features
from ..systems.drive import inputs_along, signal_of
from ..systems.signals import Signal
from ..systems.simulator import Simulator
from .expressions import Expression, column, wrapped
from .tracing import Sampled, Traced

if TYPE_CHECKING:
    from ..surrogate.surrogate import Surrogate

EQUAL = 1e-6  # of a step: how far the instants of a model may be off
FEW = 0.05  # share of the instants that a kink of the drive may have moved, by half a step


def members_of(surrogate: "Surrogate") -> list[Any]:
    """Return the networks of a surrogate, which must be stepped in time.

    Raises:
        DynsurError: They are not, their inputs need a simulation, or their instants are unequal.
    """
    name, encoding = surrogate.model.name, surrogate.encoding
    members = list(getattr(surrogate.module, "members", [surrogate.module]))
    system = surrogate.simulator.name
    remedy = (
        "; train `dynsur train STORE --set model=nlss` on the recordings instead."
        if isinstance(surrogate.simulator, Recorded)
        else f"; train `dynsur run {system} --set model=nlss --set dataset.base=none "
        "--set dataset.kept=1` instead."
    )
    if not all(hasattr(m, "initial") and hasattr(m, "step") for m in members):
        raise DynsurError(
            f"model '{name}' cannot become a circuit element: it sees a whole sweep, or does not "
            f"offer its steps in time{remedy}"
        )
    own = {PHASE, *(v.name for v in surrogate.simulator.inputs)}
    if encoding.departures or any(scale.name not in own for scale in encoding.series):
        raise DynsurError(
            f"this model corrects the {encoding.base} base of a whole sweep, which no circuit "
            f"element has{remedy}"
        )
    if surrogate.step:
        return members
    steps = surrogate.phases.size - 1
    moved = np.abs(surrogate.phases * steps - np.arange(steps + 1))
    if moved.max() > 0.5 + EQUAL or np.mean(moved > EQUAL) > FEW:
        raise DynsurError(
            f"the instants of this model are not equally spaced, which a circuit element's must "
            f"be{remedy}"
        )
    return members


def moved_instants(phases: np.ndarray) -> tuple[int, int]:
    """Return how many instants lie beside equal steps, and how many points would put none there.

    Kinks of a drive move the instants next to them onto themselves. The second number is 0 where
    no grid of up to four times as many points holds them all.

    Args:
        phases: Instants of a model, as a share of the duration of its drive.

    >>> moved_instants(np.array([0.0, 0.1, 0.25, 0.3, 0.4, 0.5, 0.6, 0.7, 0.8, 0.9, 1.0]))
    (1, 13)
    """
    steps = phases.size - 1
    off = np.abs(phases * steps - np.arange(steps + 1)) > EQUAL
    kinks = phases[off]
    for count in range(steps, 4 * steps + 1):
        if (np.abs(kinks * count - np.round(kinks * count)) <= EQUAL).all():
            return int(off.sum()), count + 1
    return int(off.sum()), 0


def trace_model(surrogate: "Surrogate", drive: Signal) -> Traced:
    """Step the networks of a surrogate once, with expressions in place of numbers.

    Args:
        surrogate: The trained model.
        drive: The drive at the default parameters.

    Raises:
        DynsurError: The model cannot be a circuit element.
    """
    members, encoding = members_of(surrogate), surrogate.encoding
    step = model_step(surrogate, drive)
    given = element_parameters(surrogate)
    scalars = column([encoded(scale, given[scale.name]) for scale in encoding.parameters])
    names = [v.name for v in surrogate.simulator.inputs]
    series, before, still, signals = [], [], [], []
    for scale in encoding.series:
        if scale.name == PHASE:
            time: Any = Expression("time")
            series.append(encoded(scale, np.minimum(time / float(drive.duration), 1.0)))
            before.append(encoded(scale, np.clip((time - step) / drive.duration, 0.0, 1.0)))
            still.append(series[-1])
        else:
            series.append(Expression("signal", len(signals)))
            before.append(Expression("before", len(signals)))
            still.append(before[-1])
            place = names.index(scale.name)
            signals.append((encoded(scale, Expression("input", place)), None, 1.0))
    sizes = iter(_sizes(surrogate, members, drive))
    outputs, unmoved = np.zeros(len(encoding.outputs)), np.zeros(len(encoding.outputs))
    for member in members:
        start = member.initial(scalars)
        places = range(len(signals), len(signals) + len(start))
        held = column([Expression("before", j) for j in places])
        x, y = member.step(held, column(series), column(before), scalars)
        signals += [(wrapped(now), wrapped(first), next(sizes))
                    for now, first in zip(x, start, strict=True)]  # fmt: skip
        outputs = outputs + y / len(members)
        _, y = member.step(held, column(still), column(before), scalars)
        unmoved = unmoved + y / len(members)
    physical = [decoded(s, Expression("output", k)) for k, s in enumerate(encoding.outputs)]
    now, first, scales = zip(*signals, strict=True)
    seen = tuple(wrapped(y) for y in outputs)
    sampled = Sampled(now, first, scales, seen, tuple(wrapped(y) for y in unmoved), step)
    return Traced((), tuple(physical), (), True, (), float(drive.duration), sampled)


def model_step(surrogate: "Surrogate", drive: Signal) -> float:
    """Return the time between two instants of a model, in s.

    It is a number of models of records, and of others a share of the duration of the drive.
    """
    return surrogate.step or float(drive.duration) / (surrogate.phases.size - 1)


def model_instants(surrogate: "Surrogate", drive: Signal) -> np.ndarray:
    """Return the instants of a model along a drive, in s."""
    step = model_step(surrogate, drive)
    return step * np.arange(int(float(drive.duration) / step * (1 + 1e-9)) + 1)


def element_parameters(surrogate: "Surrogate") -> dict[str, Expression]:
    """Return the parameters and features as the element sees them: varied ones by name, or numbers.

    Numbers are those that were set to a value, and those on which the duration of the drive depends
    and with it the model's step. Where the model sees features, all of them are numbers.
    """
    simulator = surrogate.simulator
    values = simulator.space.values()
    arrays = {name: np.array([value]) for name, value in values.items()}
    features = {n: float(v[0]) for n, v in known_features(simulator, arrays).items()}
    seen = {scale.name for scale in surrogate.encoding.parameters}
    given = {name: wrapped(value) for name, value in (values | features).items()}
    if not seen & set(features):
        clock = set() if surrogate.step else _clock(simulator, values)
        free = [p.name for p in simulator.space.free if p.name in seen - clock]
        given |= {name: Expression("parameter", name) for name in free}
    return given


def _clock(simulator: Simulator, values: Mapping[str, float]) -> set[str]:
    """Return the parameters on which the duration of the drive depends."""
    if drive_of(simulator) is None:
        return set()

    def duration(**changed: float) -> float:
        return float(signal_of(simulator, {**values, **changed}).duration)

    usual = duration()
    return {
        p.name
        for p in simulator.space.free
        if any(duration(**{p.name: end}) != usual for end in (p.low, p.high))
    }


def _sizes(surrogate: "Surrogate", members: list[Any], drive: Signal) -> list[float]:
    """Return the sizes of the states of all members along a drive, powers of ten."""
    values = {p: np.array([v]) for p, v in surrogate.simulator.space.values().items()}
    scalars = {**values, **known_features(surrogate.simulator, values)}
    p = np.array([float(s.forward(scalars[s.name])[0]) for s in surrogate.encoding.parameters])
    at = model_instants(surrogate, drive)
    series = {PHASE: at / drive.duration, **inputs_along(surrogate.simulator, drive, at)}
    rows = np.stack([s.forward(series[s.name]) for s in surrogate.encoding.series], axis=1)
    result = []
    for member in members:
        x = member.initial(p)
        largest = np.abs(x)
        for k, row in enumerate(rows):
            x, _ = member.step(x, row, rows[max(k - 1, 0)], p)
            largest = np.maximum(largest, np.abs(x))
        result += [10.0 ** float(np.round(np.log10(v))) if v > 0 else 1.0 for v in largest]
    return result


def drawn_parameters(
    surrogate: "Surrogate", traced: Traced, random: np.random.Generator
) -> dict[str, float]:
    """Return values of all parameters, those of the element drawn from their ranges."""
    space = surrogate.simulator.space
    drawn = {
        name: float(space[name].from_unit(np.array(random.random()))) for name in traced.parameters
    }
    return space.values(drawn)


class Step(NamedTuple):
    """One step of a model by numbers.

    Args:
        inputs: The inputs in the model's scale.
        states: The states of all members, over their sizes.
        outputs: The outputs in the model's scale.
        still: What they would be if the inputs had not changed.
    """

    inputs: np.ndarray
    states: np.ndarray
    outputs: np.ndarray
    still: np.ndarray

    @property
    def signals(self) -> np.ndarray:
        """All signals of the element."""
        return np.concatenate([self.inputs, self.states, self.outputs])


def step_of(
    surrogate: "Surrogate",
    sampled: Sampled,
    values: Mapping[str, float],
    inputs: Mapping[str, float],
    before: np.ndarray,
    time: float,
) -> Step:
    """Return a step of the model by its own numbers.

    Args:
        surrogate: The model.
        sampled: Its signals.
        values: All parameters.
        inputs: The inputs, in their units.
        before: All signals one step before.
        time: The instant, in s.
    """
    encoding = surrogate.encoding
    columns = {name: np.array([value]) for name, value in values.items()}
    scalars = columns | dict(known_features(surrogate.simulator, columns))
    p = np.array([float(s.forward(scalars[s.name])[0]) for s in encoding.parameters])
    duration = sampled.step * (surrogate.phases.size - 1)
    is_phase = np.array([s.name == PHASE for s in encoding.series])
    now = {PHASE: min(time / duration, 1.0), **inputs}
    ago = np.array(np.clip((time - sampled.step) / duration, 0.0, 1.0))
    series = np.array([float(s.forward(np.array(now[s.name]))) for s in encoding.series])
    earlier = np.array([float(s.forward(ago)) for s in encoding.series])
    earlier[~is_phase] = before[: (~is_phase).sum()]
    unmoved = np.where(is_phase, series, earlier)
    rest, steps = before[(~is_phase).sum() :], []
    for member in members_of(surrogate):
        x, rest = np.split(rest, [len(member.initial(p))])
        still = member.step(x, unmoved, earlier, p)[1]
        steps.append((*member.step(x, series, earlier, p), still))
    states, outputs, stills = zip(*steps, strict=True)
    sizes = np.array(sampled.scales[(~is_phase).sum() :])
    means = [np.mean(rows, axis=0) for rows in (outputs, stills)]
    return Step(series[~is_phase], np.concatenate(states) / sizes, *means)


def held_outputs(surrogate: "Surrogate", step: Step, rest: float) -> list[float]:
    """Return the outputs in their units at a share of a step before its end, after outputs of 0."""
    at = step.outputs - rest * step.still
    return [float(s.inverse(y)) for s, y in zip(surrogate.encoding.outputs, at, strict=True)]


def encoded(scale: Scale, value: Any) -> Any:
    """Return `Scale.forward` of an expression."""
    if scale.kind == "log":
        value = np.log10(np.maximum(value, 10.0 ** (scale.offset - scale.span)))
    elif scale.kind == "asinh":
        value = np.arcsinh(value / scale.threshold) / float(np.log(10.0))
    return (value - scale.offset) / scale.span


def decoded(scale: Scale, value: Any) -> Any:
    """Return `Scale.inverse` of an expression."""
    stretched = value * scale.span + scale.offset
    if scale.kind == "log":
        return np.exp(stretched * float(np.log(10.0)))
    if scale.kind == "asinh":
        return scale.threshold * np.sinh(stretched * float(np.log(10.0)))
    return stretched
