"""Finite-volume fluxes: the excess-chemical-potential (Sedan) scheme and its derivatives.

Γ = (μ U_T / h) [B(Q) n_L − B(−Q) n_R],  Q = z δψ/U_T + δγ,  γ = η − log F(η),
with B(x) = x / (eˣ − 1). Source: Abdel et al. (2021), doi:10.1016/j.electacta.2021.139696.
"""

import math

from numba import njit

SMALL = 0.4  # below, eˣ − 1 would lose digits, and the series of B are exact to rounding


@njit(cache=True, error_model="numpy")
def bernoulli(x: float) -> tuple[float, float]:
    """Return B(x) = x/(eˣ − 1) and B′(x)/B(x)."""
    if abs(x) < SMALL:
        s = x * x
        b = 1.0 - x / 2 + s * (1 / 12 + s * (-1 / 720 + s * (1 / 30240 + s * (
            -1 / 1209600 + s * (1 / 47900160 - s * 691 / 1307674368000)))))  # fmt: skip
        slope = -0.5 + x * (1 / 6 + s * (-1 / 180 + s * (1 / 5040 + s * (
            -1 / 151200 + s * (1 / 4790016 - s * 691 / 108972864000)))))  # fmt: skip
        return b, slope / b
    b = x / (math.exp(x) - 1.0)
    return b, (1.0 - x - b) / x


@njit(cache=True, error_model="numpy")
def decay(w: float) -> tuple[float, float]:
    """Return e^{−w} and e^{−w} − 1 of w ≥ 0, both to rounding."""
    passing = math.exp(-w)
    return passing, (passing - 1.0 if w > SMALL else math.expm1(-w))


@njit(cache=True, error_model="numpy")
def carrier_flux(
    k: float, s: float, dy: float, w: float, left: tuple, right: tuple
) -> tuple[float, float, float, float, float]:
    """Electron (s = 1) or hole (s = −1) flux over an edge, written without cancellation.

    With the drop w of ξ = η − s y over the edge, Γ = k B(−Q) n_R (e^{−w} − 1) for w ≥ 0 and
    −k B(Q) n_L (e^{w} − 1) otherwise, so a drop known to relative accuracy gives such a flux.

    Args:
        k: μ U_T / h, in m/s.
        s: 1 for electrons, −1 for holes.
        dy: Difference of y = ψ/U_T over the edge.
        w: Drop ξ_R − ξ_L.
        left: n, γ, g = d log F/dη at the left node.
        right: The same at the right node.

    Returns:
        Γ; its derivatives (G_y, G_ξ) by the left node's y and ξ at fixed difference; and the
        common-mode derivatives (H_y, H_ξ) by a shift of both nodes.
    """
    n_left, gamma_left, g_left = left
    n_right, gamma_right, g_right = right
    q = -s * dy + gamma_right - gamma_left
    if w >= 0.0:
        b, ratio = bernoulli(-q)
        scale = k * b * n_right
        passing, missing = decay(w)
        flux, conductance = scale * missing, scale * passing
        flux_q = -flux * ratio
        common = flux_q * (g_left - g_right) + flux * g_right
        return (flux, flux_q * s * g_left, conductance - flux_q * (1.0 - g_left), s * common,
                common)  # fmt: skip
    b, ratio = bernoulli(q)
    scale = k * b * n_left
    passing, missing = decay(-w)
    flux, conductance = -scale * missing, scale * passing
    flux_q = flux * ratio
    common = flux_q * (g_left - g_right) + flux * g_left
    return (flux, (flux_q + flux) * s * g_left,
            conductance - flux_q * (1.0 - g_left) + flux * g_left, s * common, common)  # fmt: skip


@njit(cache=True, error_model="numpy")
def vacancy_flux(
    k: float, z: float, dy: float, left: tuple, right: tuple
) -> tuple[float, float, float, float]:
    """Flux of the vacancy fraction c = n_a/N_x.

    Args:
        k: μ_x U_T / h, in m/s.
        z: Charge number z_a.
        dy: Difference of y = ψ/U_T over the edge.
        left: c, dc/dv, γ, dγ/dv at the left node, see `statistics.vacancy`.
        right: The same at the right node.

    Returns:
        Γ/N_x; its derivatives by the left node's y and v; the common-mode derivative by v.
    """
    c_left, dc_left, gamma_left, dgamma_left = left
    c_right, dc_right, gamma_right, dgamma_right = right
    q = z * dy + gamma_right - gamma_left
    # B(−x) = B(x) + x and −B′(−x) = B′(x) + 1
    small, ratio = bernoulli(abs(q))
    large, slope = small + abs(q), small * ratio
    if q > 0.0:
        forward, backward = small, large
        flux_q = k * (slope * c_left - (slope + 1.0) * c_right)
    else:
        forward, backward = large, small
        flux_q = k * (slope * c_right - (slope + 1.0) * c_left)
    flux = k * (forward * c_left - backward * c_right)
    by_left = k * forward * dc_left - flux_q * dgamma_left
    by_right = -k * backward * dc_right + flux_q * dgamma_right
    return flux, -z * flux_q, by_left, by_left + by_right
