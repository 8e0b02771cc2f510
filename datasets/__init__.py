"""Datasets, which turn a store into training data."""

from dynsur.core import from_recordings, hookimpl

from .analysis import merits, open
from .decades import Decades
from .joining import concat
from .paper import Paper
from .windows import Windows

__all__ = ["Decades", "Paper", "Windows", "concat", "from_recordings", "merits", "open"]


@hookimpl
def dynsur_datasets() -> list[Paper | Decades | Windows]:
    """Offer the paper's protocol, a dataset for quantities that span decades, and windows."""
    return [Paper(), Decades(), Windows()]
