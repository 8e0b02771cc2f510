"""Carrier statistics: the Fermi–Dirac integral of order ½ and its logarithmic derivative."""

import math

from numba import njit

# Below this η (densities of 1e-150 m^-3) F decays slower, so that it never underflows.
VANISHING, SLOW = -400.0, 0.25
_ROOT = 0.75 * math.sqrt(math.pi)


@njit(cache=True, error_model="numpy")
def log_density(eta: float, boltzmann: bool) -> tuple[float, float, float]:
    """Return log F(η), d log F / dη and F.

    F_{1/2}(η) = 1 / (e^{−η} + ζ), ζ = (3√π/4) v^{−3/8},
    v = η⁴ + 50 + 33.6 η (1 − 0.68 e^{−0.17 (η+1)²}); relative error below 0.4 %.
    Boltzmann statistics: F = e^η. The closed form uses the fit of TeSCA, see
    `closed_form.fermi.fermi`, which is cheaper and off by up to 2 %.

    Args:
        eta: Reduced distance of the quasi-Fermi level from the band edge.
        boltzmann: Whether to use F = e^η.

    Source: Bednarczyk & Bednarczyk (1978), doi:10.1016/0375-9601(78)90283-9.
    """
    if eta < VANISHING:
        logarithm = VANISHING + SLOW * (eta - VANISHING)
        return logarithm, SLOW, math.exp(logarithm)
    if boltzmann or eta < -36.0:
        return eta, 1.0, math.exp(eta)
    gauss = 0.68 * math.exp(-0.17 * (eta + 1.0) ** 2)
    v = eta**4 + 50.0 + 33.6 * eta * (1.0 - gauss)
    dv = 4.0 * eta**3 + 33.6 * (1.0 - gauss) + 33.6 * eta * gauss * 0.34 * (eta + 1.0)
    eighth = math.sqrt(math.sqrt(math.sqrt(v)))
    zeta = _ROOT / (eighth * eighth * eighth)
    dzeta = -0.375 * zeta * dv / v
    exponential = math.exp(-eta)
    inverse = exponential + zeta
    return -math.log(inverse), (exponential - dzeta) / inverse, 1.0 / inverse


@njit(cache=True, error_model="numpy")
def vacancy(v: float) -> tuple[float, float, float, float]:
    """Return c, dc/dv, γ and dγ/dv of the vacancies' unknown v.

    v = c below ½ and v = ½ − ½ log(2 (1 − c)) above, so that neither empty nor full sites round
    away; γ = −log(1 − c) is the excess chemical potential of F_{−1}(η) = 1/(1 + e^{−η}).

    Args:
        v: The unknown, smooth in c, any number.
    """
    if v < 0.5:
        return v, 1.0, -math.log1p(-v), 1.0 / (1.0 - v)
    empty = 0.5 * math.exp(1.0 - 2.0 * v)
    return 1.0 - empty, 2.0 * empty, math.log(2.0) + 2.0 * v - 1.0, 2.0
