"""Run many simulations in parallel into a store, and verify a store."""

from .cluster import connect
from .generate import Progress, generate
from .simulate import simulate_safely
from .verify import Fault, mend, verify
from .worker import TIME_LIMIT

__all__ = [
    "Fault",
    "Progress",
    "TIME_LIMIT",
    "connect",
    "generate",
    "mend",
    "simulate_safely",
    "verify",
]
