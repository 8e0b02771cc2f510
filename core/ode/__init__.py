"""Systems of ordinary differential equations, integrated in batches."""

from .implicit import implicit
from .system import ODESystem

__all__ = [
    "ODESystem",
    "implicit",
]
