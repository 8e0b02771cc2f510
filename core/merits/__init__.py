"""Figures of merit: one number for each loop, of any system with an input and an output."""

from .bands import MeritBand, departure, merit_band
from .catalogue import catalogue, chosen
from .definitions import READ, Merit
from .system_merits import all_merits, as_merit, merits_of

__all__ = [
    "READ",
    "Merit",
    "MeritBand",
    "all_merits",
    "as_merit",
    "catalogue",
    "chosen",
    "departure",
    "merit_band",
    "merits_of",
]
