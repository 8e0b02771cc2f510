"""Systems and trained models as elements of circuits: SPICE and Verilog-A, checked at once."""

from .export import Exported, export_circuit
from .ngspice import has_ngspice, run_deck
from .openvaf import has_openvaf
from .trained import ExportedModel, export_model_circuit

__all__ = [
    "Exported",
    "ExportedModel",
    "export_circuit",
    "export_model_circuit",
    "has_ngspice",
    "has_openvaf",
    "run_deck",
]
