"""Draw plots, build tables and write pages."""

from .formatting import count, duration, number, percent
from .plots import check_picture, plot_trajectory
from .report import write_report
from .tables import accuracy_tables
from .words import headline

__all__ = [
    "accuracy_tables",
    "check_picture",
    "count",
    "duration",
    "headline",
    "number",
    "percent",
    "plot_trajectory",
    "write_report",
]
