"""Which device is it? Fit a system to measured loops, with a posterior and its check."""

from typing import TYPE_CHECKING

from ..lazy import on_demand
from ..sampling import open_posterior
from .measured_loop import MeasuredLoop, measured, read_loop, read_loops
from .posterior import fitted_device
from .prior import NUISANCES

if TYPE_CHECKING:
    from .asking import FitOptions, question
    from .fitting import Fit, fit
    from .page import write_fit_page

__all__ = [
    "Fit",
    "FitOptions",
    "MeasuredLoop",
    "NUISANCES",
    "fit",
    "fitted_device",
    "measured",
    "open_posterior",
    "question",
    "read_loop",
    "read_loops",
    "write_fit_page",
]

__getattr__ = on_demand(
    __name__,
    {
        "Fit": ".fitting",
        "FitOptions": ".asking",
        "fit": ".fitting",
        "question": ".asking",
        "write_fit_page": ".page",
    },
)
