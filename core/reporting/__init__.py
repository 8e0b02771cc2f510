"""Draw plots, build tables and write pages."""

from .plots import check_picture, plot_trajectory
from .report import write_report
from .tables import duration

__all__ = [
    "check_picture",
    "duration",
    "plot_trajectory",
    "write_report",
]
