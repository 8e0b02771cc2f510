"""Run many simulations in parallel into a store, and verify a store."""

from .agreement import foreign_in
from .cluster import connect
from .generate import Progress, generate
from .repair import mend
from .repeat import Fault
from .simulate import simulate_safely
from .verify import FOREIGN, RERUN, Findings, verify
from .worker import TIME_LIMIT

__all__ = [
    "FOREIGN",
    "Fault",
    "Findings",
    "Progress",
    "RERUN",
    "TIME_LIMIT",
    "connect",
    "foreign_in",
    "generate",
    "mend",
    "simulate_safely",
    "verify",
]
