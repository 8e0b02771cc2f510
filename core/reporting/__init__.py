"""Draw plots, build tables and write pages."""

from .formatting import count, duration, number, percent
from .labels import unit_text
from .panels import plot_loop, plot_time
from .plots import check_picture, is_own_picture, plot_trajectory
from .report import write_report
from .tables import accuracy_tables
from .words import headline

__all__ = [
    "accuracy_tables",
    "check_picture",
    "count",
    "duration",
    "headline",
    "is_own_picture",
    "number",
    "percent",
    "plot_loop",
    "plot_time",
    "plot_trajectory",
    "unit_text",
    "write_report",
]
