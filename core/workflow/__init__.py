"""The whole job, resumable: generate, train, evaluate, report."""

from .display import Connect, Display
from .record import describe, open_record, provenance_of
from .run import evaluate_into, fill, generate_watched, key_of, learn, run, select, train_into

__all__ = [
    "Connect",
    "Display",
    "describe",
    "evaluate_into",
    "fill",
    "generate_watched",
    "key_of",
    "learn",
    "open_record",
    "provenance_of",
    "run",
    "select",
    "train_into",
]
