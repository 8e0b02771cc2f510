"""Systems of ordinary differential equations, integrated in batches."""

from .system import ODESystem

__all__ = [
    "ODESystem",
]
