"""Systems as elements of circuits: SPICE subcircuits and Verilog-A modules, checked at once."""

from .export import Exported, export_circuit
from .ngspice import has_ngspice, run_deck
from .openvaf import has_openvaf

__all__ = [
    "Exported",
    "export_circuit",
    "has_ngspice",
    "has_openvaf",
    "run_deck",
]
