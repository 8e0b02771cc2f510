"""Right-hand sides that must solve an equation at each instant."""

from collections.abc import Callable
from typing import Any


def implicit(
    residual: Callable[[Any], Any], solve: Callable[[], Any], *known: Any, scale: float = 1.0
) -> Any:
    """Return the root x of an equation g(x) = 0 that a right-hand side needs.

    Numbers are solved for by `solve`, with whatever loops and branches it takes. Where a system is
    exported to a circuit simulator, its equations are traced, and the simulator solves g(x) = 0
    itself, as it solves the circuit. `residual` must then consist of what can be traced.

    Args:
        residual: g(x), which increases with x.
        solve: Returns the root.
        known: Numbers or arrays on which g depends, such as u and the components of y.
        scale: Order of magnitude of x, and of g in the same unit.
    """
    for value in known:
        recorded = getattr(value, "recorded_root", None)
        if recorded is not None:
            return recorded(residual, scale)
    return solve()
