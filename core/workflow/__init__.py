"""Generate, train, evaluate and report in one run that can be resumed."""

from .display import Connect, Display
from .estimate import Estimate, estimate
from .learning import evaluate_alone, evaluate_into, key_of, learn, train_alone, train_into
from .record import describe, open_record, provenance_of
from .rich_display import RichDisplay
from .run import run
from .simulations import counted, fill, generate_watched, merge_checked, repair_store, select

__all__ = [
    "Connect",
    "Display",
    "Estimate",
    "counted",
    "RichDisplay",
    "describe",
    "estimate",
    "evaluate_alone",
    "evaluate_into",
    "fill",
    "generate_watched",
    "key_of",
    "learn",
    "merge_checked",
    "open_record",
    "provenance_of",
    "repair_store",
    "run",
    "select",
    "train_alone",
    "train_into",
]
