"""Datasets, which turn a store into training data."""

from dynsur.core import hookimpl

from .analysis import merits, open
from .decades import Decades
from .joining import concat
from .paper import Paper

__all__ = ["Decades", "Paper", "concat", "merits", "open"]


@hookimpl
def dynsur_datasets() -> list[Paper | Decades]:
    """Offer the paper's protocol and a dataset for quantities that span decades."""
    return [Paper(), Decades()]
