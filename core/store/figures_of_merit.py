"""Compute figures of merit, each one number for each simulation."""

from collections.abc import Iterator
from typing import TYPE_CHECKING

import numpy as np

from ..systems.loops import loop_areas
from .schema import inputs_and_outputs

if TYPE_CHECKING:
    import xarray as xr

BLOCK = 4096  # samples held in memory at once


def figures_of_merit(data: "xr.Dataset") -> "xr.Dataset":
    """Return the extremes, the peak and the enclosed areas of every output.

    For an output y over an input u these are `y_minimum`, `y_maximum`, `y_peak` = max |y|, and
    with a single input `y_area_negative` and `y_area_positive` = ∮ y du where u < 0 and u > 0.

    Args:
        data: Samples of a store; the figures of a failed sample are NaN.
    """
    import xarray as xr

    inputs, outputs = inputs_and_outputs(data)
    figures: dict[str, tuple[str, np.ndarray, dict[str, str]]] = {}

    def add(name: str, values: np.ndarray, units: str, what: str) -> None:
        figures[name] = ("sample", values, {"units": units, "long_name": what})

    for name in outputs:
        units, long_name = data[name].attrs["units"], data[name].attrs["long_name"]
        y = data[name].values
        add(f"{name}_minimum", y.min(axis=1), units, f"least {long_name}")
        add(f"{name}_maximum", y.max(axis=1), units, f"largest {long_name}")
        add(f"{name}_peak", np.abs(y).max(axis=1), units, f"largest modulus of {long_name}")
        if len(inputs) == 1:
            drive = data[inputs[0]]
            product = f"{units}*{drive.attrs['units']}"
            for side, area in zip(
                ("negative", "positive"), loop_areas(drive.values, y).T, strict=True
            ):
                what = f"area enclosed by {long_name} over {side} {drive.attrs['long_name']}"
                # Half a NaN loop would count as no loop.
                add(f"{name}_area_{side}", np.where(np.isnan(y[:, 0]), np.nan, area), product, what)
    return xr.Dataset(figures)


def blocks(data: "xr.Dataset") -> Iterator["xr.Dataset"]:
    """Iterate over a store in blocks that fit in memory."""
    for start in range(0, data.sizes["sample"], BLOCK):
        yield data.isel(sample=slice(start, start + BLOCK)).load()
