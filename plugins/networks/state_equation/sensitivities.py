"""Step a state equation with its derivatives with respect to every weight, compiled.

The weights are the tuple (A, B, C, D, d, W, M, V, c, w, E, F, e) of `StateEquation`, float64.
"""

import numpy as np
from numba import njit

UNBOUNDED = 1e6  # of a state whose size is about 1 in the data of the training
FAST = {"reassoc", "contract", "arcp", "nsz"}  # none that would let a NaN pass


@njit(cache=True, fastmath=FAST)
def _affine(A: np.ndarray, B: np.ndarray, x: np.ndarray, u: np.ndarray, i: int) -> float:
    total = 0.0
    for j in range(len(x)):
        total += A[i, j] * x[j]
    for j in range(len(u)):
        total += B[i, j] * u[j]
    return total


@njit(cache=True, fastmath=FAST)
def simulate(weights: tuple, x: np.ndarray, u: np.ndarray, y: np.ndarray, ahead: bool) -> bool:
    """Fill y [time, output] for the inputs u [time, input] from the state x, which is advanced.

    Args:
        weights: The weights.
        x: State before the first instant, shape [n].
        u: Inputs.
        y: Filled.
        ahead: Whether an output sees the state that the input of its instant leads to.

    Returns:
        Whether the state stayed bounded. Where it did not, the rest of y is not filled.
    """
    A, B = weights[:2]
    W, M, V, c = weights[5:9]
    new = np.empty_like(x)
    for t in range(len(u)):
        if not ahead:
            _put_outputs(weights, x, u, y, t)
        for i in range(len(x)):
            new[i] = _affine(A, B, x, u[t], i)
        for k in range(len(c)):
            h = np.tanh(c[k] + _affine(M, V, x, u[t], k))
            for i in range(len(x)):
                new[i] += W[i, k] * h
        for i in range(len(x)):
            x[i] = new[i]
            if not abs(x[i]) < UNBOUNDED:
                return False
        if ahead:
            _put_outputs(weights, x, u, y, t)
    return True


@njit(cache=True, fastmath=FAST)
def _put_outputs(weights: tuple, x: np.ndarray, u: np.ndarray, y: np.ndarray, t: int) -> None:
    C, D, d = weights[2:5]
    w, E, F, e = weights[9:]
    for o in range(len(d)):
        y[t, o] = d[o] + _affine(C, D, x, u[t], o)
    for k in range(len(e)):
        h = np.tanh(e[k] + _affine(E, F, x, u[t], k))
        for o in range(len(d)):
            y[t, o] += w[o, k] * h


@njit(cache=True, fastmath=FAST)
def differentiate_states(weights: tuple, u: np.ndarray, x: np.ndarray, S: np.ndarray) -> bool:
    """Fill the states x[1:] and their derivatives S[1:] from x[0] and S[0].

    Args:
        weights: The weights.
        u: Inputs [time, input].
        x: States [time + 1, n].
        S: Derivatives of the states with respect to each unknown, [time + 1, n, unknown]: the
            weights in their order, each row by row, and whatever else the state depends on.

    Returns:
        Whether the state stayed bounded.
    """
    A, B, C, D, d, W, M, V, c = weights[:9]
    n, m, width = len(A), u.shape[1], len(c)
    to_W = A.size + B.size + C.size + D.size + len(d)
    to_M = to_W + W.size
    to_V = to_M + M.size
    to_c = to_V + V.size
    h, slope = np.empty(width), np.empty((n, n))  # slope: ∂x_{t+1}/∂x_t
    for t in range(len(u)):
        for k in range(width):
            h[k] = np.tanh(c[k] + _affine(M, V, x[t], u[t], k))
        for i in range(n):
            x[t + 1, i] = _affine(A, B, x[t], u[t], i)
            for j in range(n):
                slope[i, j] = A[i, j]
            for k in range(width):
                x[t + 1, i] += W[i, k] * h[k]
                for j in range(n):
                    slope[i, j] += W[i, k] * (1 - h[k] * h[k]) * M[k, j]
            if not abs(x[t + 1, i]) < UNBOUNDED:
                return False
        for i in range(n):
            for q in range(S.shape[2]):
                S[t + 1, i, q] = 0.0
            for j in range(n):
                for q in range(S.shape[2]):
                    S[t + 1, i, q] += slope[i, j] * S[t, j, q]
            for j in range(n):
                S[t + 1, i, i * n + j] += x[t, j]
            for j in range(m):
                S[t + 1, i, A.size + i * m + j] += u[t, j]
            for k in range(width):
                S[t + 1, i, to_W + i * width + k] += h[k]
                s = W[i, k] * (1 - h[k] * h[k])
                for j in range(n):
                    S[t + 1, i, to_M + k * n + j] += s * x[t, j]
                for j in range(m):
                    S[t + 1, i, to_V + k * m + j] += s * u[t, j]
                S[t + 1, i, to_c + k] += s
    return True


@njit(cache=True, fastmath=FAST)
def differentiate_outputs(
    weights: tuple, u: np.ndarray, x: np.ndarray, S: np.ndarray, y: np.ndarray, rows: np.ndarray
) -> None:
    """Fill y [time, output] and its derivatives.

    Args:
        weights: The weights.
        u: Inputs [time, input].
        x: The states that the outputs see, [time or more, n].
        S: Their derivatives [time or more, n, unknown].
        y: Outputs [time, output].
        rows: Derivatives of the outputs, [time · output, unknown].
    """
    A, B, C, D, d, W, M, V, c, w, E, F, e = weights
    n, m, p, units = len(A), u.shape[1], len(d), len(e)
    to_C = A.size + B.size
    to_D = to_C + C.size
    to_d = to_D + D.size
    to_w = to_d + p + W.size + M.size + V.size + len(c)
    to_E = to_w + w.size
    to_F = to_E + E.size
    to_e = to_F + F.size
    h = np.empty(units)
    for t in range(len(u)):
        for k in range(units):
            h[k] = np.tanh(e[k] + _affine(E, F, x[t], u[t], k))
        for o in range(p):
            r = t * p + o
            y[t, o] = d[o] + _affine(C, D, x[t], u[t], o)
            for q in range(S.shape[2]):
                rows[r, q] = 0.0
            for j in range(n):
                s = C[o, j]
                for k in range(units):
                    s += w[o, k] * (1 - h[k] * h[k]) * E[k, j]
                for q in range(S.shape[2]):
                    rows[r, q] += s * S[t, j, q]
                rows[r, to_C + o * n + j] += x[t, j]
            for j in range(m):
                rows[r, to_D + o * m + j] += u[t, j]
            rows[r, to_d + o] += 1.0
            for k in range(units):
                y[t, o] += w[o, k] * h[k]
                rows[r, to_w + o * units + k] += h[k]
                s = w[o, k] * (1 - h[k] * h[k])
                for j in range(n):
                    rows[r, to_E + k * n + j] += s * x[t, j]
                for j in range(m):
                    rows[r, to_F + k * m + j] += s * u[t, j]
                rows[r, to_e + k] += s
