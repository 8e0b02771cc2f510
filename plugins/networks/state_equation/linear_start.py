"""Linear state equations of records, from which the fit of a nonlinear one starts."""

from collections.abc import Iterator
from dataclasses import dataclass

import numpy as np
from numpy.lib.stride_tricks import sliding_window_view

LONGEST_RESPONSE = 200  # instants of an estimated impulse response
SMALLEST = 1e-8  # regularisation, relative to the mean square of the regressors
REALISED = 200  # instants of a response from which an equation is realised


@dataclass(frozen=True)
class Linear:
    """x_{t+1} = A x_t + B u_t, y_t = C x_t + D u_t + d."""

    A: np.ndarray
    B: np.ndarray
    C: np.ndarray
    D: np.ndarray
    d: np.ndarray


def linear_equations(u: np.ndarray, y: np.ndarray, states: int, sums: int = 0) -> Iterator[Linear]:
    """Return candidates of the order asked for, from which the best in free run is chosen.

    An impulse response estimated by least squares is unbiased in free run but short; equations of
    one step ahead know slow modes and integrators but are biased by noise and nonlinearity. Each is
    realised by Ho and Kalman's decomposition.

    Args:
        u: Inputs [record, time, input].
        y: Outputs [record, time, output].
        states: Order of the equations.
        sums: Number of outputs, all of which accumulate; 0 where none does.

    Source: Ho and Kalman (1966), doi:10.1524/auto.1966.14.112.545; Ljung (1999), System
    Identification, chapters 7 and 10.
    """
    if sums:
        for changes in linear_equations(u[:, :-1], np.diff(y, axis=1), max(1, states - sums)):
            yield _summed(changes, u, y)
        return
    length = min(LONGEST_RESPONSE, u.shape[1] // 3)
    if length >= 2 * states + 2:
        yield from _realised(*_response(u, y, length), states)
    for order in sorted({max(1, -(-states // y.shape[2])), 2 * states, 4 * states}):
        if u.shape[1] > 3 * order:
            yield from _realised(*_one_step(u, y, order), states)


def _response(u: np.ndarray, y: np.ndarray, length: int) -> tuple[np.ndarray, np.ndarray]:
    """Return the impulse response [time, output, input] and the offset by least squares."""
    m = u.shape[2]
    gram, right = np.zeros(()), np.zeros(())
    for inputs, outputs in zip(u, y, strict=True):
        past = sliding_window_view(inputs, length, axis=0)[:, :, ::-1]  # [time, input, lag]
        X = np.hstack([past.reshape(len(past), -1), np.ones((len(past), 1))])
        kept = np.isfinite(outputs[length - 1 :]).all(axis=1)
        gram, right = gram + X[kept].T @ X[kept], right + X[kept].T @ outputs[length - 1 :][kept]
    found = _solve(gram, right)
    return found[:-1].reshape(m, length, -1).transpose(1, 2, 0), found[-1]


def _one_step(u: np.ndarray, y: np.ndarray, order: int) -> tuple[np.ndarray, np.ndarray]:
    """Return the impulse response and the offset of an equation that predicts one step ahead."""
    m, p = u.shape[2], y.shape[2]
    gram, right = np.zeros(()), np.zeros(())
    for inputs, outputs in zip(u, y, strict=True):
        lagged = [inputs[order - i : len(inputs) - i] for i in range(order + 1)]
        lagged += [outputs[order - i : len(inputs) - i] for i in range(1, order + 1)]
        X = np.hstack([*lagged, np.ones((len(inputs) - order, 1))])
        kept = np.isfinite(X).all(axis=1) & np.isfinite(outputs[order:]).all(axis=1)
        gram, right = gram + X[kept].T @ X[kept], right + X[kept].T @ outputs[order:][kept]
    found = _solve(gram, right)
    of_inputs = found[: (order + 1) * m].reshape(order + 1, m, p).transpose(0, 2, 1)
    of_outputs = found[(order + 1) * m : -1].reshape(order, p, p).transpose(0, 2, 1)
    response = np.zeros((2 * REALISED, p, m))
    for t in range(len(response)):
        response[t] = of_inputs[t] if t <= order else 0.0
        for i in range(1, min(t, order) + 1):
            response[t] += of_outputs[i - 1] @ response[t - i]
    gain = np.eye(p) - of_outputs.sum(axis=0)
    return response, np.linalg.lstsq(gain, found[-1], rcond=1e-6)[0]


def _solve(gram: np.ndarray, right: np.ndarray) -> np.ndarray:
    size = SMALLEST * np.trace(gram) / len(gram)
    return np.linalg.solve(gram + size * np.eye(len(gram)), right)


def _realised(response: np.ndarray, offset: np.ndarray, states: int) -> Iterator[Linear]:
    """Realise an impulse response, unless its Hankel matrix is not finite."""
    if not np.isfinite(response).all() or np.abs(response).max() > 1e12:
        return
    p, m = response.shape[1:]
    half = len(response) // 2
    hankel = np.block([[response[i + j + 1] for j in range(half - 1)] for i in range(half)])
    U, s, V = np.linalg.svd(hankel, full_matrices=False)
    root = np.sqrt(s[:states])
    observed, reached = U[:, :states] * root, V[:states] * root[:, None]
    A = np.linalg.lstsq(observed[:-p], observed[p:], rcond=None)[0]
    yield Linear(A, reached[:, :m], observed[:p], response[0], offset)


def _summed(changes: Linear, u: np.ndarray, y: np.ndarray) -> Linear:
    """Return the equation of outputs whose changes are known, with a running sum of each.

    The offset of the changes is left out: a fit of free runs finds the constant input for it.
    """
    n, p = len(changes.A), len(changes.d)
    A = np.block([[changes.A, np.zeros((n, p))], [changes.C, np.eye(p)]])
    C = np.hstack([np.zeros((p, n)), np.eye(p)])
    offset = np.nanmean(y, axis=(0, 1))
    return Linear(A, np.vstack([changes.B, changes.D]), C, np.zeros((p, u.shape[2])), offset)


def states_of(linear: Linear, u: np.ndarray) -> np.ndarray:
    """Return the states [record, time, n] from rest; they may overflow."""
    x = np.zeros((len(u), u.shape[1] + 1, len(linear.A)))
    with np.errstate(all="ignore"):
        for t in range(u.shape[1]):
            x[:, t + 1] = x[:, t] @ linear.A.T + u[:, t] @ linear.B.T
    return x[:, :-1]
