"""Use a trained model: predictions, bands, the applicability domain and export."""

from typing import TYPE_CHECKING

from ..lazy import on_demand
from .applicability import Familiarity
from .conformal import Calibration
from .inputs import conditions
from .predict import UNFAMILIAR, origin, predicted_layout, unfamiliar, write_predictions

if TYPE_CHECKING:
    from .model_export import export_model, graph_inputs
    from .surrogate import Surrogate

__all__ = [
    "Calibration",
    "Familiarity",
    "Surrogate",
    "UNFAMILIAR",
    "conditions",
    "export_model",
    "graph_inputs",
    "origin",
    "predicted_layout",
    "unfamiliar",
    "write_predictions",
]

__getattr__ = on_demand(
    __name__,
    {
        "export_model": ".model_export",
        "graph_inputs": ".model_export",
        "Surrogate": ".surrogate",
    },
)
