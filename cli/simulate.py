"""`dynsur simulate`: one system, written and drawn."""

import dataclasses
import shutil
import warnings
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any

import typer
from dynsur.core import DynsurError, Simulator, Status, read_csv, unknown_name
from dynsur.core.host import host

from .options import Settings, System, parse_settings

if TYPE_CHECKING:
    import xarray as xr


def simulate(
    system: System,
    settings: Settings = [],  # noqa: B006
    out: Annotated[Path | None, typer.Option(help="Zarr store to write; must not exist.")] = None,
    plot: Annotated[Path | None, typer.Option(help="Picture to draw, e.g. iv.png.")] = None,
    waveform: Annotated[
        Path | None, typer.Option(help="CSV with two columns, time in s and value.")
    ] = None,
    cycles: Annotated[int | None, typer.Option(help="Cycles of the default waveform.")] = None,
    fields: Annotated[int, typer.Option(help="Times at which the inner state is kept.")] = 0,
    force: Annotated[bool, typer.Option("--force", help="Replace an existing --out.")] = False,
) -> None:
    """Simulate one system and draw its response.

    Example: dynsur simulate reram --set E_g=1.3 --set mu_x=5e-14 --out device.zarr --plot iv.png
    """
    if out is not None and out.exists() and not force:
        raise DynsurError(f"'{out}' exists; choose another --out or give --force to replace it.")
    simulator = configured(
        host().simulator(system),
        waveform=read_csv(waveform) if waveform else None,
        cycles=cycles,
        fields=fields or None,
    )
    data = simulator.simulate(parse_settings(settings))
    _print_summary(simulator, data)
    if out is not None:
        write(data, out)
        typer.echo(f"wrote {out}")
    if data.status.item() != Status.OK:
        raise DynsurError(f"the simulation failed: {data.reason.item()}.")
    if plot is not None:
        from dynsur.core.figures import plot_trajectory

        plot_trajectory(data, plot)
        typer.echo(f"drew {plot}")


def configured(simulator: Simulator, **changes: Any) -> Simulator:
    """Replace the given fields of a simulator, or say that it has no such field."""
    fields = [field.name for field in dataclasses.fields(simulator)]  # type: ignore[arg-type]
    wanted = {name: value for name, value in changes.items() if value is not None}
    for name in wanted:
        if name not in fields:
            raise unknown_name(f"setting of system '{simulator.name}'", name, fields)
    return dataclasses.replace(simulator, **wanted)  # type: ignore[type-var]


def write(data: "xr.Dataset", path: Path) -> None:
    """Write a trajectory so that an interrupted write leaves what was there."""
    partial = path.with_name(path.name + ".partial")
    try:
        path.parent.mkdir(parents=True, exist_ok=True)
        shutil.rmtree(partial, ignore_errors=True)
        with warnings.catch_warnings():
            # Consolidated metadata and strings are still extensions of zarr 3; xarray reads them.
            warnings.filterwarnings("ignore", category=UserWarning)
            data.to_zarr(partial, mode="w", consolidated=True, zarr_format=3)
        if path.exists():
            shutil.rmtree(path)
        partial.rename(path)
    except OSError as error:
        raise DynsurError(f"cannot write '{path}': {error}.") from None


def _print_summary(simulator: Simulator, data: "xr.Dataset") -> None:
    for variable in simulator.outputs:
        series = data[variable.name]
        typer.echo(
            f"{variable.name}: {float(series.min()):.4g} to {float(series.max()):.4g} "
            f"{variable.units}"
        )
    for name, value in data.attrs.items():
        if isinstance(value, int | float):
            typer.echo(f"{name}: {value:.3g}")
