"""Image-charge lowering of a Schottky barrier."""

import math

from numba import njit

# Rounds the kink of √E at E = 0; shifts the barrier by less than 1 mV, and only there.
SMOOTHING_FIELD = 1e3  # V/m


@njit(cache=True, error_model="numpy")
def lowering(image: float, field: float) -> tuple[float, float]:
    """Return Δ = √(q E / (4π ε_i ε_0)) for E > 0, else 0, and dΔ/dE.

    Args:
        image: q/(4π ε_i ε_0), in V m; 0 switches lowering off.
        field: E, the contact field that lowers the electron barrier, in V/m.

    Source: Spetzler et al. (2023), doi:10.1002/aelm.202300635.
    """
    if image == 0.0:
        return 0.0, 0.0
    root = math.hypot(field, SMOOTHING_FIELD)
    if field >= 0.0:
        positive = 0.5 * (field + root)
    else:
        positive = 0.5 * SMOOTHING_FIELD**2 / (root - field)
    delta = math.sqrt(image * positive)
    return delta, 0.5 * delta / root
