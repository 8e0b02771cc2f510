"""Open draws of a posterior that are stored in ArviZ' layout."""

from pathlib import Path
from typing import TYPE_CHECKING

from ..errors import DynsurError

if TYPE_CHECKING:
    import xarray as xr

STORE = "posterior.zarr"  # in the folder of a fit
GROUP = "posterior"


def open_posterior(path: str | Path) -> "xr.Dataset":
    """Open the draws of a posterior: one variable for each parameter over (chain, draw).

    Args:
        path: `posterior.zarr`, or the folder of a fit that holds it.

    Raises:
        DynsurError: There is no posterior, or it cannot be read.
    """
    import xarray as xr

    inner = Path(path) / STORE
    store = inner if inner.exists() else Path(path)
    if not store.is_dir():
        raise DynsurError(f"there is no posterior '{path}'; expected a zarr store of `dynsur fit`.")
    try:
        return xr.open_zarr(str(store), group=GROUP, chunks=None, consolidated=False).load()
    except Exception as error:  # zarr and xarray fail in many ways
        text = " ".join(str(error).split()) or type(error).__name__
        raise DynsurError(
            f"cannot read the group '{GROUP}' of '{path}': {text[:200]}; expected ArviZ' layout."
        ) from None
