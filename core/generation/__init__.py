"""Many simulations in parallel into a store, and the verification of a store."""

from .cluster import connect
from .generate import TIME_LIMIT, Progress, generate
from .simulate import simulate_safely
from .verify import Fault, mend, verify

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
