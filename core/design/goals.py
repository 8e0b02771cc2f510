"""What a design shall reach: objectives and constraints in figures of merit and parameters."""

import ast
from collections.abc import Mapping, Sequence
from dataclasses import dataclass

import numpy as np

from ..errors import DynsurError
from ..merits import Expression, Merit, chosen, parse_condition, parse_expression
from ..numbers import texts
from ..response import Responder, known_merits, refuse_no_responder

WORST = 1.0  # violation of a constraint that is not defined


@dataclass(frozen=True)
class Objective:
    """A number that a design makes large or small.

    Args:
        expression: The number, of figures of merit and parameters.
        sign: −1 to make it large, +1 to make it small.
        logarithmic: Whether the search compares it by its logarithm.
        units: Its unit, "" where it is a formula.
    """

    expression: Expression
    sign: int
    logarithmic: bool
    units: str

    @property
    def name(self) -> str:
        """What the user wrote."""
        return self.expression.text

    @property
    def aim(self) -> str:
        """The verb: maximise or minimise."""
        return "maximise" if self.sign < 0 else "minimise"

    def cost(self, values: np.ndarray) -> np.ndarray:
        """Return what the search makes small, NaN where it is not defined."""
        if not self.logarithmic:
            return self.sign * values
        logs = np.full(np.shape(values), np.nan)
        np.log10(values, out=logs, where=np.asarray(values) > 0)
        return self.sign * logs


@dataclass(frozen=True)
class Goals:
    """Objectives and constraints, and the figures of merit that they need.

    Args:
        objectives: At least one.
        constraints: Conditions that a design must meet.
        needed: Full names of figures of merit by the names that are used.
        read: Input at which states are read.
    """

    objectives: tuple[Objective, ...]
    constraints: tuple[Expression, ...]
    needed: tuple[tuple[str, str], ...]
    read: float | None

    @property
    def merits(self) -> list[str]:
        """The full names of the figures of merit that are needed."""
        return list(dict.fromkeys(full for _, full in self.needed))

    def named(
        self, merits: Mapping[str, np.ndarray], columns: Mapping[str, np.ndarray]
    ) -> dict[str, np.ndarray]:
        """Return figures of merit by the names that are used, and the parameters."""
        return {**columns, **{name: merits[full] for name, full in self.needed}}

    def values(self, named: Mapping[str, np.ndarray]) -> np.ndarray:
        """Return the objectives as they are, shape [n, objective]."""
        count = len(next(iter(named.values())))
        rows = [np.broadcast_to(o.expression(named), count) for o in self.objectives]
        return np.stack([np.asarray(row, float) for row in rows], axis=1)

    def costs(self, values: np.ndarray) -> np.ndarray:
        """Return what the search makes small, [n, objective], from the objectives."""
        return np.stack([o.cost(values[:, j]) for j, o in enumerate(self.objectives)], axis=1)

    def violations(self, named: Mapping[str, np.ndarray]) -> np.ndarray:
        """Return by how much each constraint is violated, [n, constraint]; met where ≤ 0."""
        count = len(next(iter(named.values())))
        rows = [np.broadcast_to(_violation(c.tree, c, named), count) for c in self.constraints]
        return np.stack(rows, axis=1) if rows else np.zeros((count, 0))


def read_goals(
    responder: Responder,
    maximise: Sequence[str] = (),
    minimise: Sequence[str] = (),
    subject_to: Sequence[str] = (),
    read: float | None = None,
) -> Goals:
    """Return the goals that texts stand for, checked against one system.

    Raises:
        DynsurError: A text cannot be read, a figure of merit is unknown or does not apply, or there
            is no objective.
    """
    refuse_no_responder(responder)
    simulator = responder.simulator
    maximise, minimise = texts("'maximise'", maximise), texts("'minimise'", minimise)
    subject_to = texts("'subject_to'", subject_to)
    if not maximise and not minimise:
        raise DynsurError("a design needs an objective; give --maximise or --minimise.")
    known = {merit.name: merit for merit in known_merits(responder, read)}
    outputs = [v.name for v in simulator.outputs]
    needed: dict[str, str] = {}

    def resolve(expression: Expression) -> Expression:
        for name in expression.names:
            if name not in simulator.space.names:
                needed[name] = chosen(name, list(known), outputs, simulator.name)
        return expression

    objectives = []
    for sign, wanted in ((-1, maximise), (1, minimise)):
        for text in wanted:
            expression = resolve(parse_expression(text))
            if expression.is_condition:
                raise DynsurError(
                    f"the objective '{text}' is a condition; expected a number, or --subject-to."
                )
            objectives.append(_objective(expression, sign, needed, known))
    twice = [o.name for i, o in enumerate(objectives) if o.name in [p.name for p in objectives[:i]]]
    if twice:
        raise DynsurError(f"the objective '{twice[0]}' is given twice.")
    constraints = tuple(resolve(parse_condition(text)) for text in subject_to)
    for constraint in constraints:
        _refuse_not(constraint)
    return Goals(tuple(objectives), constraints, tuple(needed.items()), read)


def _objective(
    expression: Expression, sign: int, needed: Mapping[str, str], known: Mapping[str, Merit]
) -> Objective:
    if isinstance(expression.tree, ast.Name) and expression.text.strip() in needed:
        merit = known[needed[expression.text.strip()]]
        return Objective(expression, sign, merit.scale == "log", merit.units)
    return Objective(expression, sign, False, "")


def _refuse_not(constraint: Expression) -> None:
    if any(isinstance(node, ast.Not) for node in ast.walk(constraint.tree)):
        raise DynsurError(
            f"the constraint '{constraint.text}' holds `not`; turn its comparison around instead."
        )


def _violation(
    node: ast.expr, constraint: Expression, named: Mapping[str, np.ndarray]
) -> np.ndarray:
    """Return (left − right)/(|left| + |right|) of a < b, the worst of `and`, the best of `or`."""
    if isinstance(node, ast.BoolOp):
        parts = [np.asarray(_violation(part, constraint, named)) for part in node.values]
        joined = np.maximum if isinstance(node.op, ast.And) else np.minimum
        return joined.reduce(np.broadcast_arrays(*parts))
    if not isinstance(node, ast.Compare):
        raise DynsurError(f"the constraint '{constraint.text}' joins what is no comparison.")
    sides = [
        np.asarray(Expression(constraint.text, constraint.names, side)(named), float)
        for side in (node.left, *node.comparators)
    ]
    found = []
    for one, other, op in zip(sides, sides[1:], node.ops, strict=False):
        less, more = (one, other) if isinstance(op, ast.Lt | ast.LtE) else (other, one)
        size = np.abs(less) + np.abs(more)
        with np.errstate(invalid="ignore"):
            relative = (less - more) / np.where(size > 0, size, 1.0)
        found.append(np.where(np.isfinite(relative), relative, WORST))
    return np.maximum.reduce(np.broadcast_arrays(*found))
