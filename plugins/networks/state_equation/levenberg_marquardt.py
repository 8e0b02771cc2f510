"""Levenberg–Marquardt steps of a state equation on whole records."""

import dataclasses
from dataclasses import dataclass, field

import numpy as np
from scipy.linalg import cho_factor, cho_solve

from .sensitivities import differentiate_outputs, differentiate_states, simulate

BLOCK = 256  # instants whose derivatives are held at once
TRIALS = 12  # dampings tried in a step
EASED, RAISED = 0.2, 4.0  # factors of the damping after a step that helped, and one that did not
LEAST = 1e-12  # of the damping
LEAST_START = 1e-9  # of that of own starts
SIZE = 1e-6  # weight of the squared size of own starts, whose states have a size of about 1
SETTLING, FIRST_SETTLING = 5, 1e-3  # steps of starts of records that are not fitted; damping
SETTLED = 1e-3  # relative gain below which they end


@dataclass
class Records:
    """Whole records and the states in which they start.

    Args:
        u: Inputs [record, time, input].
        y: Outputs [record, time, output]; NaN where nothing is known.
        scalars: 1 and the parameters of each record, [record, 1 + parameter].
        own: Own start of each record, [record, n]; None where X gives it.
        ahead: Whether an output sees the state that the input of its instant leads to.
    """

    u: np.ndarray
    y: np.ndarray
    scalars: np.ndarray
    own: np.ndarray | None = None
    ahead: bool = False

    def starts(self, X: np.ndarray) -> np.ndarray:
        """Return x_0 of each record, [record, n]."""
        return self.scalars @ X.T if self.own is None else self.own

    @property
    def size_of_starts(self) -> float:
        """The weighted squared size of own starts, which keeps idle states near 0."""
        return 0.0 if self.own is None else SIZE * float(np.sum(self.own**2))


@dataclass
class Normal:
    """The squared error with its gradient and Gauss–Newton matrix, starts apart from weights."""

    cost: float
    gradient: np.ndarray
    matrix: np.ndarray
    # of each record's own start: its gradient, its matrix, and the one that couples it to weights
    own: list[tuple[np.ndarray, np.ndarray, np.ndarray]] = field(default_factory=list)


def squared_error(weights: tuple, X: np.ndarray, records: Records) -> float:
    """Return the sum of squared errors in free run, and of own starts; infinite if unbounded."""
    total, y = records.size_of_starts, np.empty_like(records.y[0])
    for start, u, target in zip(records.starts(X), records.u, records.y, strict=True):
        if not simulate(weights, start.copy(), u, y, records.ahead):
            return np.inf
        error = y - target
        total += float(np.nansum(error * error))
    return total


def normal_equations(weights: tuple, X: np.ndarray, records: Records) -> Normal:
    """Return the squared error with its derivatives, by exact sensitivities in free run."""
    n, q = X.shape
    count = sum(weight.size for weight in weights)
    unknown = count + X.size
    own = records.own is not None
    total = Normal(records.size_of_starts, np.zeros(unknown), np.zeros((unknown, unknown)))
    p, size = records.y.shape[2], unknown + n * own
    y, rows = np.empty((BLOCK, p)), np.empty((BLOCK * p, size))
    x, S = np.empty((BLOCK + 1, n)), np.empty((BLOCK + 1, n, size))
    for start, scalars, u, target in zip(
        records.starts(X), records.scalars, records.u, records.y, strict=True
    ):
        x[0], S[0] = start, 0.0
        if own:
            S[0, :, unknown:] = np.eye(n)
        else:
            for i in range(n):
                S[0, i, count + i * q : count + (i + 1) * q] = scalars
        gradient, matrix = np.zeros(size), np.zeros((size, size))
        for first in range(0, len(u), BLOCK):
            part = u[first : first + BLOCK]
            held = len(part)
            if not differentiate_states(weights, part, x, S):
                return Normal(np.inf, gradient, matrix)
            seen = slice(1, None) if records.ahead else slice(None)
            differentiate_outputs(weights, part, x[seen], S[seen], y, rows)
            error = (y[:held] - target[first : first + BLOCK]).ravel()
            J, known = rows[: held * p], np.isfinite(error)
            if not known.all():
                J, error = J[known], error[known]
            gradient += J.T @ error
            matrix += J.T @ J
            total.cost += float(error @ error)
            x[0], S[0] = x[held], S[held]
        total.gradient += gradient[:unknown]
        total.matrix += matrix[:unknown, :unknown]
        if own:
            pull = gradient[unknown:] + SIZE * start
            stiffness = matrix[unknown:, unknown:] + SIZE * np.eye(n)
            total.own.append((pull, stiffness, matrix[:unknown, unknown:]))
    return total


def settled_error(weights: tuple, X: np.ndarray, records: Records) -> float:
    """Return the sum of squared errors after own starts were moved closer to their best."""
    error, damping = squared_error(weights, X, records), FIRST_SETTLING
    own = records.own
    if own is None:
        return error
    for _ in range(SETTLING):
        normal = normal_equations(weights, X, records)
        if not np.isfinite(normal.cost):  # an equation that runs away has no best start
            return np.inf
        for _ in range(TRIALS):
            steps = [
                np.linalg.solve(stiff + damping * np.diag(stiff.diagonal()), -pull)
                for pull, stiff, _ in normal.own
            ]
            moved = dataclasses.replace(records, own=own + np.array(steps))
            then = squared_error(weights, X, moved)
            if then < error:
                break
            damping *= 10 * RAISED
        else:
            return error
        gain, error = 1 - then / error, then
        records.own = own = own + np.array(steps)
        damping *= EASED
        if gain < SETTLED:
            break
    return error


def damped_step(
    normal: Normal, ridge: np.ndarray, values: np.ndarray, damping: float
) -> tuple[np.ndarray, np.ndarray]:
    """Return the change of the weights, and of each record's own start [record, n].

    Args:
        normal: The derivatives at the present weights.
        ridge: Penalty of each squared weight.
        values: The present weights.
        damping: Marquardt's λ, relative to the diagonal.

    Raises:
        LinAlgError: The damped matrix is not positive.

    Source: Marquardt (1963), doi:10.1137/0111030; own starts are eliminated by Schur complements.
    """
    right = -(normal.gradient + ridge * values)
    matrix = normal.matrix + np.diag(ridge)
    diagonal = matrix.diagonal()
    floor = 1e-12 * diagonal.max()
    scale = np.sqrt(np.maximum(diagonal, floor))
    matrix = matrix + np.diag(damping * scale**2 + floor)
    solved = []
    for gradient, own, coupled in normal.own:
        inner = own + np.diag((damping + LEAST_START) * own.diagonal() + 1e-12)
        pair = np.linalg.solve(inner, np.column_stack([-gradient, coupled.T]))
        solved.append(pair)
        right = right - coupled @ pair[:, 0]
        matrix = matrix - coupled @ pair[:, 1:]
    factor = cho_factor(matrix / np.outer(scale, scale))
    step = cho_solve(factor, right / scale) / scale
    return step, np.array([pair[:, 0] - pair[:, 1:] @ step for pair in solved])
