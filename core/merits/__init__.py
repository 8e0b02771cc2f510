"""Figures of merit: one number for each loop, of any system with an input and an output."""

from .bands import MeritBand, departure, merit_band
from .catalogue import catalogue, chosen
from .definitions import READ, Merit
from .expressions import Expression, parse_condition, parse_expression
from .system_merits import all_merits, as_merit, merits_of

__all__ = [
    "READ",
    "Expression",
    "Merit",
    "MeritBand",
    "all_merits",
    "as_merit",
    "catalogue",
    "chosen",
    "departure",
    "merit_band",
    "merits_of",
    "parse_condition",
    "parse_expression",
]
