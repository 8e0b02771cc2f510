"""Write, read, summarise and export the zarr dataset of simulations."""

from .description import description_faults, mend_description
from .export import export
from .figures_of_merit import figures_of_merit
from .merge import Merged, merge
from .samples import content_hash, finished, open_store
from .summary import describe

__all__ = [
    "Merged",
    "content_hash",
    "describe",
    "description_faults",
    "export",
    "figures_of_merit",
    "finished",
    "merge",
    "mend_description",
    "open_store",
]
