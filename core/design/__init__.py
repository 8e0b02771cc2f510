"""What to build: the front of objectives under constraints, on a model and by the solver."""

from .candidates import Candidates
from .front import AGREEMENT, GENERATIONS, POPULATION, agrees, design
from .goals import Goals, read_goals
from .optimise import nondominated, optimise
from .output import front_rows, write_front
from .refine import refine
from .words import headline

__all__ = [
    "AGREEMENT",
    "GENERATIONS",
    "POPULATION",
    "Candidates",
    "Goals",
    "agrees",
    "design",
    "front_rows",
    "headline",
    "nondominated",
    "optimise",
    "read_goals",
    "refine",
    "write_front",
]
