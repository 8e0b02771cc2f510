"""Trace a trained network that is stepped in time into expressions."""

from collections.abc import Mapping
from typing import TYPE_CHECKING, Any

import numpy as np

from ..encoding.scales import PHASE, Scale
from ..errors import DynsurError
from ..systems.capabilities import drive_of, known_features
from ..systems.signals import Signal
from ..systems.simulator import Simulator
from .expressions import Expression, column, wrapped
from .tracing import Sampled, Traced

if TYPE_CHECKING:
    from ..surrogate.surrogate import Surrogate

EQUAL = 1e-6  # of a step: how far the instants of a model may be off


def members_of(surrogate: "Surrogate") -> list[Any]:
    """Return the networks of a surrogate, which must be stepped in time.

    Raises:
        DynsurError: They are not, their inputs need a simulation, or their instants are unequal.
    """
    name, encoding = surrogate.model.name, surrogate.encoding
    members = list(getattr(surrogate.module, "members", [surrogate.module]))
    remedy = (
        f"; train `dynsur run {surrogate.simulator.name} --set model=nlss --set dataset.base=none "
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
    steps = np.diff(surrogate.phases)
    if np.abs(steps - steps.mean()).max() > EQUAL * steps.mean():
        raise DynsurError(
            f"the instants of this model are not equally spaced, which a circuit element's must "
            f"be{remedy}"
        )
    return members


def trace_model(surrogate: "Surrogate", drive: Signal) -> Traced:
    """Step the networks of a surrogate once, with expressions in place of numbers.

    Args:
        surrogate: The trained model.
        drive: The drive at the default parameters.

    Raises:
        DynsurError: The model cannot be a circuit element.
    """
    members, encoding = members_of(surrogate), surrogate.encoding
    step = float(drive.duration) / (surrogate.phases.size - 1)
    given = element_parameters(surrogate)
    scalars = column([encoded(scale, given[scale.name]) for scale in encoding.parameters])
    series, before, signals = [], [], []
    for scale in encoding.series:
        if scale.name == PHASE:
            time: Any = Expression("time")
            series.append(encoded(scale, np.minimum(time / float(drive.duration), 1.0)))
            before.append(encoded(scale, np.clip((time - step) / drive.duration, 0.0, 1.0)))
        else:
            series.append(Expression("signal", len(signals)))
            before.append(Expression("before", len(signals)))
            signals.append((encoded(scale, Expression("input", 0)), None, 1.0))
    sizes = iter(_sizes(surrogate, members, drive))
    outputs: list[Any] = [0.0 for _ in encoding.outputs]
    for member in members:
        start = member.initial(scalars)
        places = range(len(signals), len(signals) + len(start))
        x = column([Expression("before", j) for j in places])
        x, y = member.step(x, column(series), column(before), scalars)
        signals += [(wrapped(now), wrapped(first), next(sizes))
                    for now, first in zip(x, start, strict=True)]  # fmt: skip
        # What the state gives is the output, through the node that holds the state.
        outputs = [total + value / len(members) for total, value in zip(outputs, y, strict=True)]
    physical = [decoded(s, y) for s, y in zip(encoding.outputs, outputs, strict=True)]
    now, first, scales = zip(*signals, strict=True)
    sampled = Sampled(now, first, scales, step)
    return Traced((), tuple(physical), (), True, (), float(drive.duration), sampled)


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
        clock = _clock(simulator, values)
        free = [p.name for p in simulator.space.free if p.name in seen - clock]
        given |= {name: Expression("parameter", name) for name in free}
    return given


def _clock(simulator: Simulator, values: Mapping[str, float]) -> set[str]:
    """Return the parameters on which the duration of the drive depends."""
    drive = drive_of(simulator)
    if drive is None:
        return set()
    usual = drive(values).duration
    return {
        p.name
        for p in simulator.space.free
        if any(drive({**values, p.name: end}).duration != usual for end in (p.low, p.high))
    }


def _sizes(surrogate: "Surrogate", members: list[Any], drive: Signal) -> list[float]:
    """Return the sizes of the states of all members along a drive, powers of ten."""
    values = {p: np.array([v]) for p, v in surrogate.simulator.space.values().items()}
    scalars = {**values, **known_features(surrogate.simulator, values)}
    p = np.array([float(s.forward(scalars[s.name])[0]) for s in surrogate.encoding.parameters])
    phases = surrogate.phases
    u = np.asarray(drive(phases * drive.duration), float)
    rows = np.stack([s.forward(phases if s.name == PHASE else u)
                     for s in surrogate.encoding.series], axis=1)  # fmt: skip
    result = []
    for member in members:
        x = member.initial(p)
        largest = np.abs(x)
        for k, row in enumerate(rows):
            x, _ = member.step(x, row, rows[max(k - 1, 0)], p)
            largest = np.maximum(largest, np.abs(x))
        result += [10.0 ** float(np.round(np.log10(v))) if v > 0 else 1.0 for v in largest]
    return result


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
