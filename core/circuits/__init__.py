"""Systems as elements of circuits: SPICE subcircuits, checked by ngspice."""

from .export import Exported, export_circuit
from .ngspice import has_ngspice, run_deck

__all__ = [
    "Exported",
    "export_circuit",
    "has_ngspice",
    "run_deck",
]
