"""Simulate or predict every combination of some parameter values as one dataset."""

from collections.abc import Callable, Mapping
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from typing import TYPE_CHECKING, Any

import numpy as np
import numpy.typing as npt

from ..errors import DynsurError
from ..generation.process import release
from ..generation.simulate import Rows, simulate_rows, stacked
from ..generation.worker import TIME_LIMIT, pickled, run_isolated
from ..machine import available_cores
from ..numbers import by_name, numbers, seconds_allowed, whole
from ..registry.configuration import configure, configure_simulator, with_fields
from ..registry.host import host
from ..registry.identity import provenance
from ..systems.capabilities import batch_of
from ..systems.drive import Excitation
from ..systems.parameters import ParameterSpace
from ..systems.simulator import Simulator
from ..systems.variables import Status
from .cache import kept

if TYPE_CHECKING:
    import xarray as xr

    from ..surrogate.surrogate import Surrogate

ALONE = 3  # simulations up to which starting processes costs more than it saves
Values = Mapping[str, npt.ArrayLike]


def simulate(
    system: str | Simulator,
    parameters: Values | None = None,
    *,
    settings: Mapping[str, Any] | None = None,
    waveform: Excitation | None = None,
    workers: int | None = None,
    time_limit: float = TIME_LIMIT,
    cache: bool | str | Path = True,
) -> "xr.Dataset":
    """Simulate a system for every combination of the given parameter values, in parallel.

    What was simulated before, with the same code and the same values, is read from the cache. A
    few systems are simulated again first, and files of data that were read are compared, so that a
    change that the code does not show is noticed; see `docs/python.md`.

    Args:
        system: Name of a system or an experiment, or a simulator.
        parameters: Values by name, in the simulator's units. One value holds for all; several
            values span a dimension of the result. Other parameters have their defaults.
        settings: Settings of the simulator, under the names that `--set` takes.
        waveform: A waveform that drives every system in place of the simulator's drive, or one
            for each input by name; an input that is not named keeps its own.
        workers: Number of processes; by default one per core.
        time_limit: Wall-clock time allowed for one simulation, in s.
        cache: Whether results are kept in the user's cache folder, or the folder to keep them in.

    Returns:
        `time`, the inputs and the outputs over the dimensions of the grid and `time`, with the
        parameters as coordinates; `status` and `reason` over the grid. Where a simulation failed
        its series are NaN and `reason` says why.

    Raises:
        DynsurError: A name is unknown, or a value is not accepted.
    """
    simulator = _simulator(system, settings, waveform)
    axes, columns = _combined(simulator.space, {} if parameters is None else parameters)
    limit = seconds_allowed(time_limit)
    rows = kept(cache, simulator, columns, lambda some: _rows(simulator, some, workers, limit))
    return _gridded(simulator, axes, columns, rows)


def predict(
    model: "str | Path | Surrogate",
    parameters: Values | None = None,
    *,
    waveform: Excitation | None = None,
) -> "xr.Dataset":
    """Predict the systems of every combination of parameter values, in the form of `simulate`.

    Args:
        model: Run or model folder, the name of a model that ships with a plugin, or a surrogate.
        parameters: Values by name, as for `simulate`.
        waveform: A waveform that drives every system in place of the simulator's drive, or one
            for each input by name; an input that is not named keeps its own.

    Returns:
        What `simulate` returns, with the bands of a calibrated surrogate as `OUTPUT_low` and
        `OUTPUT_high`, and in `unfamiliar` what lies outside of the training, "" where nothing does.

    Raises:
        DynsurError: There is no such model, or a value is not accepted.
    """
    from ..response.predicted import PredictedResponder
    from ..surrogate.surrogate import Surrogate

    surrogate = model if isinstance(model, Surrogate) else Surrogate.load(model)
    simulator = surrogate.simulator
    axes, columns = _combined(simulator.space, {} if parameters is None else parameters)
    found = PredictedResponder(simulator.name, surrogate).respond(columns, waveform)
    failed = np.where(found.worked, Status.OK, Status.FAILED).astype(np.int8)
    rows: Rows = {"time": found.time, **found.inputs, **found.outputs}
    rows |= {"status": failed, "reason": list(found.reasons)}
    data = _gridded(simulator, axes, columns, rows)
    shape = tuple(values.size for values in axes.values())
    for end, bounds in (("low", found.low), ("high", found.high)):
        for name, values in bounds.items():
            attrs = {k: v for k, v in data[name].attrs.items() if k != "role"}
            data[f"{name}_{end}"] = (data[name].dims, values.reshape(data[name].shape), attrs)
    told = np.array(list(found.unfamiliar), dtype=object).reshape(shape)
    title = f"Predictions of {simulator.description or simulator.name}"
    return data.assign_coords(unfamiliar=(tuple(axes), told)).assign_attrs(
        title=title, model=surrogate.model.name
    )


def _simulator(
    system: str | Simulator, settings: Mapping[str, Any] | None, waveform: Excitation | None
) -> Simulator:
    if isinstance(system, str):
        simulator = configure(host(), system, settings).simulator
    else:
        simulator = configure_simulator(system, by_name("settings", settings or {}))
    return simulator if waveform is None else with_fields(simulator, {"waveform": waveform})


def _combined(
    space: ParameterSpace, given: Values
) -> tuple[dict[str, np.ndarray], dict[str, np.ndarray]]:
    """Return the values along each dimension, and every parameter of every combination [n]."""
    arrays = {n: numbers(f"parameter '{n}'", v) for n, v in by_name("parameters", given).items()}
    for name, values in arrays.items():
        if values.ndim > 1 or not values.size:
            raise DynsurError(
                f"parameter '{name}' takes one value or a list of values; got shape {values.shape}."
            )
    axes = {name: values for name, values in arrays.items() if values.ndim == 1}
    whole = np.meshgrid(*axes.values(), indexing="ij")
    spread = {name: values.ravel() for name, values in zip(axes, whole, strict=True)}
    single = {name: values for name, values in arrays.items() if values.ndim == 0}
    return axes, space.columns({**single, **spread})


def _rows(
    simulator: Simulator, columns: Mapping[str, np.ndarray], workers: int | None, limit: float
) -> Rows:
    """Simulate all systems: in this process where that is fastest, else in several."""
    count = len(next(iter(columns.values())))
    cores = available_cores() if workers is None else whole("the number of workers", workers)
    # A limit shorter than the usual one can be held only in a process of its own.
    if limit >= TIME_LIMIT and (batch_of(simulator) is not None or count <= ALONE):
        return simulate_rows(simulator, columns)
    code = pickled(simulator)
    parts = [part for part in np.array_split(np.arange(count), cores) if part.size]

    def simulated(part: np.ndarray) -> Rows:
        return run_isolated(code, {name: c[part] for name, c in columns.items()}, limit)

    try:
        with ThreadPoolExecutor(cores) as pool:
            return stacked(list(pool.map(simulated, parts)))
    finally:
        release()


def _gridded(
    simulator: Simulator,
    axes: Mapping[str, np.ndarray],
    columns: Mapping[str, np.ndarray],
    rows: Rows,
) -> "xr.Dataset":
    """Return rows of systems as a dataset over the grid."""
    import xarray as xr

    shape, dims = tuple(values.size for values in axes.values()), tuple(axes)

    def over_grid(values: Any, dtype: Any = float) -> np.ndarray:
        array = np.asarray(values, dtype)
        return array.reshape((*shape, *array.shape[1:]))

    series = {
        v.name: (
            (*dims, "time"),
            over_grid(rows[v.name]),
            {**v.attrs, "symbol": v.symbol or v.name, "role": role},
        )
        for role, group in (("input", simulator.inputs), ("output", simulator.outputs))
        for v in group
    }
    told = {"reason": (dims, over_grid(rows["reason"], object))}
    about = {"status": (dims, over_grid(rows["status"], np.int8))}
    origin = provenance(simulator, 0)
    attrs = {name: origin[name] for name in ("title", "system", "distribution", "versions")}
    return xr.Dataset(
        {**series, **about},
        coords={
            **_time(rows["time"], dims, over_grid),
            **_parameters(simulator, axes, columns),
            **told,
        },
        attrs=attrs,
    )


def _time(
    time: np.ndarray, dims: tuple[str, ...], over_grid: Callable[..., np.ndarray]
) -> dict[str, Any]:
    """Return the instants: along one dimension where all systems share them."""
    attrs = {"units": "s", "long_name": "time"}
    first = time[np.isfinite(time).all(axis=1).argmax()]
    if (np.isnan(time) | (time == first)).all():
        return {"time": ("time", first, attrs)}
    return {"time": ((*dims, "time"), over_grid(time), attrs)}


def _parameters(
    simulator: Simulator, axes: Mapping[str, np.ndarray], columns: Mapping[str, np.ndarray]
) -> dict[str, Any]:
    return {
        p.name: (
            (p.name,) if p.name in axes else (),
            axes[p.name] if p.name in axes else float(columns[p.name][0]),
            {
                "units": p.units,
                "long_name": p.long_name or p.name,
                "symbol": p.symbol or p.name,
                "role": "parameter",
            },
        )
        for p in simulator.space
    }
