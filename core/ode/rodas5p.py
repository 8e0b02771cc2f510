"""A linearly implicit method of order 5 for stiff systems, for many devices at once.

Rodas5P, with its dense output of order 4: Steinebach (2023), Construction of Rosenbrock-Wanner
method Rodas5P and numerical benchmarks within the Julia Differential Equations package, BIT
Numerical Mathematics 63, 27, doi:10.1007/s10543-023-00967-x. The tableau is in the form of Hairer
and Wanner (1996), Solving Ordinary Differential Equations II, section IV.7, in which no product
with the Jacobian is left: W k_i = f(y + Σ a_ij k_j) + Σ c_ij k_j / h + h d_i ∂f/∂t.
"""

import numpy as np

from .step import Step, combine, shaped
from .vector_field import Lanes

GAMMA = 0.21193756319429014
C = (0.0, 0.6358126895828704, 0.4095798393397535, 0.9769306725060716, 0.4288403609558664, 1.0)
D = (GAMMA, -0.42387512638858027, -0.3384627126235924, 1.8046452872882734, 2.325825639765069, 0.0)
A = (
    (3.0,),
    (2.849394379747939, 0.45842242204463923),
    (-6.954028509809101, 2.489845061869568, -10.358996098473584),
    (2.8029986275628964, 0.5072464736228206, -0.3988312541770524, -0.04721187230404641),
    (-7.502846399306121, 2.561846144803919, -11.627539656261098, -0.18268767659942256,
     0.030198172008377946),
)  # fmt: skip
COUPLING = (
    (-14.155112264123755,),
    (-17.97296035885952, -2.859693295451294),
    (147.12150275711716, -1.41221402718213, 71.68940251302358),
    (165.43517024871676, -0.4592823456491126, 42.90938336958603, -5.961986721573306),
    (24.854864614690072, -3.0009227002832186, 47.4931110020768, 5.5814197821558125,
     -0.6610691825249471),
    (30.91273214028599, -3.1208243349937974, 77.79954646070892, 34.28646028294783,
     -19.097331116725623, -28.087943162872662),
    (37.80277123390563, -3.2571969029072276, 112.26918849496327, 66.9347231244047,
     -40.06618937091002, -54.66780262877968, -9.48861652309627),
)  # fmt: skip
DENSE = (
    (25.948786856663858, -2.5579724845846235, 10.433815404888879, -2.3679251022685204,
     0.524948541321073, 1.1241088310450404, 0.4272876194431874, -0.17202221070155493),
    (-9.91568850695171, -0.9689944594115154, 3.0438037242978453, -24.495224566215796,
     20.176138334709044, 15.98066361424651, -6.789040303419874, -6.710236069923372),
    (11.419903575922262, 2.8879645146136994, 72.92137995996029, 80.12511834622643,
     -52.072871366152654, -59.78993625266729, -0.15582684282751913, 4.883087185713722),
)  # fmt: skip
STAGES = 8
A_SHAPED, COUPLING_SHAPED, DENSE_SHAPED = (tuple(map(shaped, m)) for m in (A, COUPLING, DENSE))
NEAR = 1e-4  # of a step, over which ∂f/∂t is taken


class Rosenbrock5:
    """The method Rodas5P with Jacobians from finite differences.

    Args:
        relative: Local error of a step relative to each component.
        absolute: Local error that is always accepted, one per component, [component, 1].
    """

    order = 4

    def __init__(self, relative: float, absolute: np.ndarray) -> None:
        self._relative, self._absolute = relative, absolute
        self.evaluations = STAGES + 2.0 + len(absolute)

    def step(
        self, f: Lanes, t: np.ndarray, y: np.ndarray, h: np.ndarray, slope: np.ndarray
    ) -> Step:
        """Step from t to t + h, both of shape [lane] in s; `slope` is dy/dt at t."""
        inverse = _inverse(self._jacobian(f, t, y, slope), h)
        drift = h * _drift(f, t, y, slope, h)
        K = np.empty((STAGES, *y.shape))
        at = y
        for i in range(STAGES):
            if i in (6, 7):
                at = at + K[i - 1]
            elif i > 0:
                at = y + combine(A_SHAPED[i - 1], K)
            right = slope if i == 0 else f(t + C[min(i, 5)] * h, at)
            if i > 0:
                right = right + combine(COUPLING_SHAPED[i - 1], K) / h
            K[i] = (inverse * (right + D[min(i, 5)] * drift)).sum(axis=1)
        end = at + K[7]
        scale = self._absolute + self._relative * np.maximum(np.abs(y), np.abs(end))
        return Step(
            end,
            f(t + h, end),
            np.sqrt(((K[7] / scale) ** 2).sum(axis=0) / len(y)),
            np.zeros(t.size),
            lambda: np.stack([end, *(combine(row, K) for row in DENSE_SHAPED)]),
        )

    @staticmethod
    def interpolate(coefficients: np.ndarray, y: np.ndarray, x: np.ndarray) -> np.ndarray:
        """Return the state at shares x [n] of steps from y [c, n]; coefficients [4, c, n]."""
        end, second, third, fourth = coefficients
        return (1.0 - x) * y + x * (end + (1.0 - x) * (second + x * (third + x * fourth)))

    def _jacobian(self, f: Lanes, t: np.ndarray, y: np.ndarray, slope: np.ndarray) -> np.ndarray:
        """Return ∂f_i/∂y_j, shape [i, j, lane]."""
        result = np.empty((len(y), *y.shape))
        least = np.broadcast_to(self._absolute / self._relative, y.shape)
        for j in range(len(y)):
            beside = y.copy()
            beside[j] += np.sqrt(np.finfo(float).eps) * np.maximum(np.abs(y[j]), least[j])
            result[:, j] = (f(t, beside) - slope) / (beside[j] - y[j])
        return result


def _drift(f: Lanes, t: np.ndarray, y: np.ndarray, slope: np.ndarray, h: np.ndarray) -> np.ndarray:
    """Return ∂f/∂t from instants within the step, since u may have a kink at its ends."""
    near = NEAR * h
    return (4.0 * f(t + near, y) - f(t + 2.0 * near, y) - 3.0 * slope) / (2.0 * near)


def _inverse(jacobian: np.ndarray, h: np.ndarray) -> np.ndarray:
    """Return (1/(γh) − ∂f/∂y)⁻¹ of each lane, [i, j, lane]; a singular one is NaN."""
    matrices = -np.moveaxis(jacobian, 2, 0)
    matrices = matrices + np.eye(len(jacobian)) / (GAMMA * h)[:, None, None]
    matrices[~np.isfinite(matrices).all(axis=(1, 2))] = np.nan
    try:
        found = np.linalg.inv(matrices)
    except np.linalg.LinAlgError:
        found = np.stack([_inverse_of_one(matrix) for matrix in matrices])
    return np.ascontiguousarray(np.moveaxis(found, 0, 2))


def _inverse_of_one(matrix: np.ndarray) -> np.ndarray:
    try:
        return np.linalg.inv(matrix)
    except np.linalg.LinAlgError:
        return np.full_like(matrix, np.nan)
