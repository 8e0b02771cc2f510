"""`dynsur predict`: what a trained model says, without a simulation."""

from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import numpy as np
import typer
from dynsur.core import DynsurError, trajectory

from .learn import ModelFolder
from .options import Config, Cycles, Plot, Settings, WaveformFile, parse_settings
from .simulate import draw, refuse_unusable, save, single_system

if TYPE_CHECKING:
    import xarray as xr
    from dynsur.core import Simulator
    from dynsur.core.surrogate import Surrogate


def predict(
    model: ModelFolder,
    settings: Settings = [],  # noqa: B006
    config: Config = None,
    out: Annotated[
        Path | None, typer.Option("--out", help="Zarr store to write; must not exist.")
    ] = None,
    plot: Plot = None,
    waveform: WaveformFile = None,
    cycles: Cycles = None,
    force: Annotated[bool, typer.Option("--force", help="Replace an existing --out.")] = False,
) -> None:
    """Predict one system's response with a trained model and draw it.

    Example: dynsur predict runs/reram --set E_g=1.3 --set mu_x=5e-14 --plot iv.png
    """
    from dynsur.core.surrogate import Surrogate

    refuse_unusable(out, plot, force)
    inner = model / "model"
    surrogate = Surrogate.load(inner if inner.is_dir() else model)
    given = parse_settings(settings, config)
    simulator = single_system(surrogate.simulator.name, given, waveform, cycles)
    data = predicted(surrogate, simulator)
    for variable in simulator.outputs:
        series = data[variable.name]
        typer.echo(
            f"{variable.name}: {float(series.min()):.4g} to {float(series.max()):.4g} "
            f"{variable.units}, predicted"
        )
    save(data, out)
    draw(data, plot)


def predicted(surrogate: "Surrogate", simulator: "Simulator") -> "xr.Dataset":
    """Return the predicted trajectory of a simulator whose parameters are all fixed.

    Raises:
        DynsurError: The simulator cannot tell its input without simulating.
    """
    drive = getattr(simulator, "drive", None)
    if drive is None or len(simulator.inputs) != 1:
        raise DynsurError(
            f"the input of system '{simulator.name}' is known only after a simulation; expected "
            "a simulator with `drive(parameters) -> Waveform`; use Surrogate.predict from Python."
        )
    values = simulator.space.values()
    wave = getattr(simulator, "waveform", None) or drive(values)
    time = wave.grid(simulator.points)
    driven = {simulator.inputs[0].name: wave(time)}
    outputs = surrogate.predict(
        {name: np.array([value]) for name, value in values.items()},
        {name: series[None] for name, series in driven.items()},
        time[None],
    )
    series = {name: column[0] for name, column in outputs.items()}
    data = trajectory(simulator, time, {**driven, **series})
    data.attrs["title"] = f"Predicted by a surrogate of {simulator.name}"
    return data
