"""Evaluate a surrogate on held-out simulations and compare it with baselines."""

from typing import TYPE_CHECKING

from ..lazy import on_demand
from .evaluate import evaluate
from .metrics import FLOOR, log_error, loop_area_error, nrmse, rmse

if TYPE_CHECKING:
    from .calibrate import calibrated

__all__ = [
    "FLOOR",
    "calibrated",
    "evaluate",
    "log_error",
    "loop_area_error",
    "nrmse",
    "rmse",
]

__getattr__ = on_demand(__name__, {"calibrated": ".calibrate"})
