"""The compiler options of the closed form."""

from numba import njit

# Formulas may be reordered where that changes no more than the last digit.
compiled = njit(cache=True, error_model="numpy", fastmath={"arcp", "contract", "nsz", "reassoc"})
