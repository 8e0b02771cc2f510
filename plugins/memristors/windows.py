"""Window functions of the linear ion drift, which slow the ions down at the electrodes."""

from typing import Any

import numpy as np

NONE, JOGLEKAR, BIOLEK, PRODROMAKIS = range(4)


def joglekar(x: Any, p: Any) -> Any:
    """Return 1 − (2x − 1)^2p, zero at both ends; doi:10.1088/0143-0807/30/4/001."""
    return 1.0 - ((2.0 * x - 1.0) ** 2) ** p


def biolek(x: Any, direction: Any, p: Any) -> Any:
    """Return 1 − (x − stp(−i))^2p, zero at the end towards which the state moves.

    Source: Biolek, Biolek & Biolková (2009), Radioengineering 18(2), 210–214.
    """
    return 1.0 - ((x - np.where(direction <= 0.0, 1.0, 0.0)) ** 2) ** p


def prodromakis(x: Any, p: Any, j: Any) -> Any:
    """Return j (1 − ((x − ½)² + ¾)^p), zero at both ends; doi:10.1109/TED.2011.2158004."""
    return j * (1.0 - ((x - 0.5) ** 2 + 0.75) ** p)


def window(kind: Any, x: Any, direction: Any, p: Any, j: Any) -> Any:
    """Evaluate the window of each device.

    Args:
        kind: NONE, JOGLEKAR, BIOLEK or PRODROMAKIS, which may differ between devices.
        x: State in [0, 1].
        direction: Sign of dx/dt.
        p: Exponent; the larger, the more rectangular.
        j: Largest value of Prodromakis' window for large p.
    """
    evaluated = (
        lambda: np.ones_like(x),
        lambda: joglekar(x, p),
        lambda: biolek(x, direction, p),
        lambda: prodromakis(x, p, j),
    )
    if isinstance(kind, float | np.ndarray) and np.all(kind == (first := np.ravel(kind)[0])):
        return evaluated[int(first)]()
    return np.select([np.equal(kind, k) for k in range(4)], [each() for each in evaluated])
