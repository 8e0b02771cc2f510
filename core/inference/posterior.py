"""A posterior as a store in the layout of ArviZ' InferenceData, which plain xarray opens."""

from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Any

import numpy as np

from ..errors import DynsurError
from ..files import read_json, replacing
from ..sampling import Smoothed
from ..store.zarr_group import consolidate
from ..systems.parameters import ParameterSpace
from .likelihood import Likelihood
from .prior import Prior

if TYPE_CHECKING:
    import xarray as xr

RECORD = "fit.json"  # all figures of a fit, in its folder


@dataclass(frozen=True)
class Draws:
    """Draws of a posterior, and those of them that the solver has simulated.

    Args:
        z: All draws in standard normal coordinates, shape [chain, draw, d]; a chain is an
            independent population.
        log_likelihood: By the model, shape [chain, draw].
        checked: Which draws, counted over all chains, the solver has simulated, shape [check].
        simulated: For each loop what the instrument would read of them, [check, point].
        weighted: The weights of the checked draws, shape [check], and what they are worth.
        true_log_likelihood: By the solver, shape [check].
    """

    z: np.ndarray
    log_likelihood: np.ndarray
    checked: np.ndarray
    simulated: tuple[np.ndarray, ...]
    weighted: Smoothed
    true_log_likelihood: np.ndarray

    @property
    def flat(self) -> np.ndarray:
        """All draws, shape [chain × draw, d]."""
        return self.z.reshape(-1, self.z.shape[-1])

    @property
    def best(self) -> tuple[np.ndarray, int | None]:
        """The draw of the largest likelihood, shape [d], by the solver where it was asked.

        Its number among the checked draws stands beside it, None where no solver was asked.
        """
        if not np.isfinite(self.true_log_likelihood).any():
            return self.flat[int(np.argmax(self.log_likelihood))], None
        number = int(np.nanargmax(self.true_log_likelihood))
        return self.flat[self.checked[number]], number

    def weighed(self, by_solver: bool) -> tuple[np.ndarray, np.ndarray]:
        """Return draws that stand for the posterior, [n, d], and their weights, shape [n].

        Args:
            by_solver: Whether these are the checked draws, weighted by the solver, instead of all.
        """
        if by_solver:
            return self.flat[self.checked], self.weighted.weights
        return self.flat, np.full(len(self.flat), 1.0 / len(self.flat))


def write_posterior(
    path: Path, draws: Draws, likelihood: Likelihood, attrs: Mapping[str, Any]
) -> None:
    """Write `posterior.zarr`; an existing one is replaced once the new one is complete.

    The groups are those of ArviZ: `posterior` with one variable for each parameter over (chain,
    draw), `sample_stats`, `log_likelihood`, `posterior_predictive` (readings by the solver, over
    check and point, with `weight`) and `observed_data`.

    Args:
        path: The store.
        draws: The draws.
        likelihood: The loops and the prior.
        attrs: Attributes of the store, as plain JSON values.
    """
    groups = {
        "posterior": _posterior(draws, likelihood.prior),
        "sample_stats": _over_draws({"lp": draws.log_likelihood}, "log likelihood by the model"),
        "log_likelihood": _over_draws({"loops": draws.log_likelihood}, "log likelihood, all loops"),
        "posterior_predictive": _predictive(draws, likelihood),
        "observed_data": _observed(likelihood),
    }
    with replacing(path) as partial:
        for number, (name, data) in enumerate(groups.items()):
            data.to_zarr(partial, group=name, mode="w" if number == 0 else "a", consolidated=False)
        import zarr

        root = zarr.open_group(partial, mode="a")
        root.update_attributes({**attrs, "arviz_groups": list(groups)})
        consolidate(str(partial))


def _over_draws(columns: Mapping[str, np.ndarray], what: str) -> "xr.Dataset":
    import xarray as xr

    chains, count = next(iter(columns.values())).shape
    return xr.Dataset(
        {
            name: (("chain", "draw"), values, {"long_name": what})
            for name, values in columns.items()
        },
        coords={"chain": np.arange(chains), "draw": np.arange(count)},
    )


def _posterior(draws: Draws, prior: Prior) -> "xr.Dataset":
    chains, count, _ = draws.z.shape
    values = prior.values(draws.flat)
    data = _over_draws({name: v.reshape(chains, count) for name, v in values.items()}, "")
    for p in prior.parameters:
        data[p.name].attrs = {
            "units": p.units,
            "long_name": p.long_name or p.name,
            "symbol": p.symbol or p.name,
            "range": [p.low, p.high],
            "scale": p.scale,
        }
    return data


def _predictive(draws: Draws, likelihood: Likelihood) -> "xr.Dataset":
    import xarray as xr

    columns: dict[str, Any] = {
        "weight": ("check", draws.weighted.weights, {"long_name": "weight of the draw"}),
        "log_likelihood": ("check", draws.true_log_likelihood, {"long_name": "by the solver"}),
        "draw_index": ("check", draws.checked, {"long_name": "draw, counted over all chains"}),
    }
    for k, (loop, rows) in enumerate(zip(likelihood.loops, draws.simulated, strict=True)):
        columns[f"{loop.quantity}_{k}"] = (("check", f"point_{k}"), rows, {"source": loop.name})
    return xr.Dataset(columns)


def _observed(likelihood: Likelihood) -> "xr.Dataset":
    import xarray as xr

    simulator = likelihood.responder.simulator
    units = {v.name: v.units for v in simulator.outputs}
    columns: dict[str, Any] = {}
    for k, loop in enumerate(likelihood.loops):
        dim, source = f"point_{k}", {"source": loop.name}
        columns[f"time_{k}"] = (dim, loop.time, {"units": "s", **source})
        for v, drive in zip(simulator.inputs, loop.drives, strict=True):
            columns[f"{v.name}_{k}"] = (dim, drive, {"units": v.units, **source})
        columns[f"{loop.quantity}_{k}"] = (
            dim,
            loop.output,
            {"units": units[loop.quantity], **source},
        )
        columns[f"used_{k}"] = (dim, loop.used, source)
    return xr.Dataset(columns)


def fitted_device(folder: str | Path, space: ParameterSpace) -> dict[str, float]:
    """Return the parameters of the best device of a fit, by name.

    Args:
        folder: The folder of the fit.
        space: The parameters of the system that is asked for.

    Raises:
        DynsurError: The folder holds no finished fit, or a fit of another system.
    """
    record = read_json(Path(folder) / RECORD, absent=None)
    if not isinstance(record, dict) or not isinstance(record.get("device"), dict):
        raise DynsurError(f"'{folder}' holds no finished fit; make one with `dynsur fit`.")
    device = {str(name): float(value) for name, value in record["device"].items()}
    unknown = [name for name in device if name not in space.names]
    if unknown:
        raise DynsurError(
            f"the fit in '{folder}' is of '{record.get('system')}', whose parameter '{unknown[0]}' "
            "this system does not have."
        )
    return device
