"""Write, read, summarise and export the zarr dataset of simulations."""

from .export import export
from .figures_of_merit import figures_of_merit
from .samples import content_hash, finished, open_store
from .summary import describe

__all__ = [
    "content_hash",
    "describe",
    "export",
    "figures_of_merit",
    "finished",
    "open_store",
]
