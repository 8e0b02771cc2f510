"""Write, read, summarise and export the zarr dataset of simulations."""

from .description import description_faults, mend_description
from .export import export, write_table
from .figures_of_merit import QUANTILES, Quantiles, figures_of_merit, merit_table, quantiles_of
from .location import store_in
from .merge import Merged, merge
from .samples import content_hash, finished, open_store
from .summary import describe

__all__ = [
    "Merged",
    "QUANTILES",
    "Quantiles",
    "content_hash",
    "describe",
    "description_faults",
    "export",
    "figures_of_merit",
    "finished",
    "merge",
    "merit_table",
    "quantiles_of",
    "write_table",
    "mend_description",
    "open_store",
    "store_in",
]
