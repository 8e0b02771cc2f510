"""Reproduce a publication's protocol and compare it with our own."""

from .page import METRICS, accuracy_rows
from .protocol import protocols, published_of
from .reproduce import reproduce

__all__ = [
    "METRICS",
    "accuracy_rows",
    "protocols",
    "published_of",
    "reproduce",
]
