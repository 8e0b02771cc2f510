"""Read the draws of a posterior that ArviZ' layout holds."""

from pathlib import Path

import numpy as np

from ..errors import DynsurError
from ..sampling import open_posterior
from ..systems.parameters import ParameterSpace

LEAST = 64  # draws


def read_draws(path: str | Path, space: ParameterSpace) -> np.ndarray:
    """Return the draws of a store as points of the unit cube of the free parameters.

    Args:
        path: Zarr store with the group `posterior`, whose variables over (chain, draw) are named
            after parameters.
        space: The parameters; those that the store does not hold must be fixed.

    Returns:
        An array [draw, parameter] in the order of `space.free`.

    Raises:
        DynsurError: The store cannot be read, or lacks a free parameter.
    """
    data = open_posterior(path)
    lacking = [p.name for p in space.free if p.name not in data]
    if lacking:
        raise DynsurError(
            f"the posterior '{path}' lacks the free parameters {', '.join(lacking)}; fix them by "
            "--set as they were fixed in the fit."
        )
    columns = []
    for p in space.free:
        values = data[p.name].transpose("chain", "draw").values.ravel()
        for bad in np.flatnonzero(~p.accepts(values))[:1]:
            p.check(float(values[bad]))
        columns.append(p.to_unit(values))
    unit = np.stack(columns, axis=1)
    constant = [p.name for p, c in zip(space.free, columns, strict=True) if np.ptp(c) == 0]
    if constant:
        raise DynsurError(
            f"all draws of '{path}' have the same {', '.join(constant)}; fix it by --set."
        )
    if len(unit) < LEAST:
        raise DynsurError(f"'{path}' holds {len(unit)} draws; at least {LEAST} are needed.")
    return unit
