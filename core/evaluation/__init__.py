"""How good a surrogate is on held-out simulations, beside baselines."""

from typing import TYPE_CHECKING

from ..lazy import on_demand
from .evaluate import evaluate
from .metrics import FLOOR, loop_area_error, nrmse, rmse

if TYPE_CHECKING:
    from .calibrate import calibrated

__all__ = [
    "FLOOR",
    "calibrated",
    "evaluate",
    "loop_area_error",
    "nrmse",
    "rmse",
]

__getattr__ = on_demand(__name__, {"calibrated": ".calibrate"})
