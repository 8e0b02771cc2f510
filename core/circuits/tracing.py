"""Trace the functions of an ODESystem into expressions."""

import traceback
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np

from ..errors import DynsurError
from ..ode.system import ODESystem
from .expressions import Expression, UntraceableError, column, wrapped

CORE, NUMPY = Path(__file__).parent.parent, Path(np.__file__).parent


@dataclass(frozen=True)
class Sampled:
    """Signals that a trained model computes once a step.

    Args:
        now: Each signal in terms of the inputs and of signals one step before.
        first: What each is before 0 s; None for its value at 0 s.
        scales: Size of each, by which its voltage is divided.
        outputs: Outputs in the model's own scale, of order 1.
        still: What they would be if the inputs were those of one step before.
        step: Time between two instants of the model, in s.
    """

    now: tuple[Expression, ...]
    first: tuple[Expression | None, ...]
    scales: tuple[float, ...]
    outputs: tuple[Expression, ...]
    still: tuple[Expression, ...]
    step: float

    @property
    def expressions(self) -> list[Expression]:
        """All expressions."""
        return [*self.now, *(e for e in self.first if e is not None), *self.outputs]


@dataclass(frozen=True)
class Traced:
    """The equations of a system or of a trained model as expressions.

    Args:
        rates: dy/dt of each state.
        outputs: The recorded variables, in order.
        start: y(0) of each state.
        start_follows: Whether `start` depends on the parameters as the system's own does.
        scales: Size of each state, by which its voltage is divided.
        duration: Duration of the usual drive, in s.
        sampled: The signals of a trained model.
    """

    rates: tuple[Expression, ...]
    outputs: tuple[Expression, ...]
    start: tuple[Expression, ...]
    start_follows: bool
    scales: tuple[float, ...]
    duration: float
    sampled: Sampled | None = None

    @property
    def expressions(self) -> list[Expression]:
        """All expressions."""
        sampled = self.sampled.expressions if self.sampled else []
        return [*self.rates, *self.outputs, *self.start, *sampled]

    @property
    def parameters(self) -> list[str]:
        """The names of the parameters on which the equations depend."""
        all_leaves = (e.leaves for e in self.expressions)
        return sorted({str(of) for leaves in all_leaves for kind, of in leaves
                       if kind == "parameter"})  # fmt: skip


def trace(system: ODESystem, scales: tuple[float, ...], duration: float) -> Traced:
    """Call the functions of a system with expressions in place of numbers.

    Raises:
        DynsurError: A function needs the values; the message names the author's file and line.
    """
    if system.rates:
        raise DynsurError(
            f"'{system.name}' cannot become a circuit: its right-hand side needs du/dt, and a "
            "circuit element sees the drive alone; give it a state that follows the drive."
        )
    p: Any = {parameter.name: Expression("parameter", parameter.name) for parameter in system.space}
    values = system.space.values()
    number = [float(value) for value in system.start(values)]
    state = column([Expression("state", i) for i in range(len(number))])
    inputs = [Expression("input", i) for i in range(len(system.inputs))]
    u: Any = column(inputs) if len(inputs) > 1 else (inputs or [wrapped(0.0)])[0]
    time = Expression("time")
    rates = _called(system, "rhs", lambda: system.rhs(time, state, u, p))
    seen = list(state)
    if system.observe is not None:
        observe = system.observe
        seen = _called(system, "observe", lambda: observe(state, u, p))
    try:
        start, follows = tuple(wrapped(v) for v in system.start(p)), True
    except Exception:  # such as a function of `math`: the numbers then stand in the netlist
        start, follows = tuple(wrapped(value) for value in number), False
    if len(rates) != len(number) or len(seen) < len(system.outputs):
        raise DynsurError(
            f"'{system.name}' gives {len(rates)} derivatives of {len(number)} states and "
            f"{len(seen)} of {len(system.outputs)} outputs; expected as many."
        )
    return Traced(
        tuple(rates), tuple(seen[: len(system.outputs)]), start, follows, scales, duration
    )


def _called(system: ODESystem, name: str, call: Callable[[], Any]) -> list[Expression]:
    try:
        return [wrapped(value) for value in call()]
    except UntraceableError as error:
        raise DynsurError(
            f"`{name}` of '{system.name}' cannot become a circuit{_line(error)}: {error} has no "
            "expression; write it with np.where, np.clip, np.minimum, np.maximum and numpy's "
            "elementary functions."
        ) from error
    except (TypeError, ValueError, AttributeError, IndexError) as error:
        raise DynsurError(
            f"`{name}` of '{system.name}' cannot become a circuit{_line(error)}: {error}."
        ) from error


def _line(error: BaseException) -> str:
    """Return " (FILE, line N)" of the author's code."""
    own = [
        frame
        for frame in traceback.extract_tb(error.__traceback__)
        if not {CORE, NUMPY} & set(Path(frame.filename).parents)
    ]
    return f" ({Path(own[-1].filename).name}, line {own[-1].lineno})" if own else ""
