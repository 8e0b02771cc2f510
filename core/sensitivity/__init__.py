"""Which parameters matter: Sobol indices and Shapley effects of what a system does."""

from .analysis import sensitivity
from .indices import Indices, estimate_indices, indices_of_function
from .output import index_rows, write_indices
from .posterior_draws import read_draws
from .quantities import Quantities

__all__ = [
    "Indices",
    "Quantities",
    "estimate_indices",
    "index_rows",
    "indices_of_function",
    "read_draws",
    "sensitivity",
    "write_indices",
]
