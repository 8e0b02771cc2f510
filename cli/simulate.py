"""`dynsur simulate`: simulate one system, write its response and draw it."""

from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any

import typer
from dynsur.core import DynsurError, Simulator, Status, Waveform, unknown_name
from dynsur.core.registry import host

from .command import SNAPSHOTS
from .options import (
    Against,
    AsJson,
    ColumnChoice,
    Config,
    Cycles,
    FitFolder,
    Force,
    Plot,
    Settings,
    System,
    WaveformFile,
    parse_settings,
    single_values,
)
from .response import print_response, print_response_json

if TYPE_CHECKING:
    import xarray as xr
    from dynsur.core.systems import Excitation, Variable


def simulate(
    system: System,
    settings: Settings = [],  # noqa: B006
    config: Config = None,
    out: Annotated[
        Path | None,
        typer.Option(
            "--out", help="Zarr store (OUT.zarr) or table (OUT.csv) to write; must not exist."
        ),
    ] = None,
    plot: Plot = None,
    against: Against = None,
    waveform: WaveformFile = None,
    columns: ColumnChoice = None,
    fit: FitFolder = None,
    cycles: Cycles = None,
    tolerance: Annotated[
        float | None,
        typer.Option("--tolerance", help="Error of the outputs relative to their peak."),
    ] = None,
    fields: Annotated[
        int,
        typer.Option(
            "--fields",
            help=f"Number of times at which the internal state is kept; {SNAPSHOTS} if not given.",
        ),
    ] = 0,
    force: Force = False,
    as_json: AsJson = False,
) -> None:
    """Simulate one system and draw its response.

    Example: dynsur simulate reram --set E_g=1.3 --tolerance 0.001 --fields --plot iv.png
    """
    refuse_unusable(out, plot, force)
    given = fitted(fit, host().simulator(host().experiment(system).simulator))
    given |= parse_settings(settings, config)
    simulator = single_system(system, given, waveform, cycles, fields or None, tolerance, columns)
    refuse_abscissa(simulator, against)
    data = _simulated(simulator)
    if data.status.item() != Status.OK:
        if data.status.item() == Status.INVALID:  # what was given is refused
            raise DynsurError(str(data.reason.item()))
        save(data, out, told=not as_json)
        raise DynsurError(f"the simulation failed: {str(data.reason.item()).rstrip('.')}.")
    if not as_json:
        print_response(simulator, data, predicted=False)
    save(data, out, told=not as_json)
    draw(data, plot, against, told=not as_json)
    if as_json:
        print_response_json(simulator, data, simulator.space.values(), out=out, plot=plot)


def _simulated(simulator: Simulator) -> "xr.Dataset":
    """Simulate one system; say in the attributes where the result comes from."""
    from dynsur.core.generation import simulate_safely
    from dynsur.core.registry import provenance

    data = simulate_safely(simulator, simulator.space.values())
    origin = provenance(simulator, 0)
    return data.assign_attrs(
        {k: v for k, v in origin.items() if k not in (*data.attrs, "seed", "identity")}
    )


def fitted(folder: Path | None, simulator: Simulator) -> dict[str, Any]:
    """Return the parameters of the best device of a fit, if there is one."""
    if folder is None:
        return {}
    from dynsur.core.inference import fitted_device

    return dict(fitted_device(folder, simulator.space))


def refuse_unusable(out: Path | None, plot: Path | None, force: bool) -> None:
    """Refuse a file that cannot be written before any work; keep existing ones unless forced."""
    if plot is not None:
        from dynsur.core.reporting import check_picture, is_own_picture

        check_picture(plot)
        if plot.exists() and not force and not is_own_picture(plot):
            raise DynsurError(
                f"'{plot}' exists; choose another --plot or give --force to replace it."
            )
    if out is None:
        return
    if out.suffix not in ("", ".zarr", ".csv"):
        raise DynsurError(
            f"'{out}' must end in .zarr for a store or in .csv for a table of one curve; "
            "`dynsur export` writes netCDF and parquet."
        )
    if not out.exists():
        return
    if out.suffix == ".csv":
        if force and out.is_file():
            return
        raise DynsurError(f"'{out}' exists; choose another --out or give --force to replace it.")
    if not (out / "zarr.json").is_file():
        raise DynsurError(f"'{out}' exists and is not a zarr store; choose another --out.")
    if not force:
        raise DynsurError(f"'{out}' exists; choose another --out or give --force to replace it.")


def single_system(
    system: str,
    settings: dict[str, Any],
    waveform: Path | None,
    cycles: int | None,
    fields: int | None = None,
    tolerance: float | None = None,
    columns: str | None = None,
) -> Simulator:
    """Return the simulator of one system with fixed parameters and its settings."""
    from dynsur.core.registry import configure, with_fields

    single_values(settings)
    simulator = configure(host(), system, settings).simulator
    drive = read_drive(simulator, waveform, columns)
    wanted = {"waveform": drive, "cycles": cycles, "fields": fields, "tolerance": tolerance}
    return with_fields(simulator, {k: v for k, v in wanted.items() if v is not None})


def read_drive(simulator: Simulator, path: Path | None, columns: str | None) -> "Excitation | None":
    """Read the drive of --waveform, if there is one, and say on stderr what was understood.

    The table of a system with several inputs holds a column for each. Where it names some of them
    only, the others keep the system's own drives.
    """
    if path is None:
        if columns:
            raise DynsurError("--columns says what a file holds; give the file too.")
        return None
    from dynsur.core.systems import read_waveform

    found: dict[str, Waveform] = {}
    for drive in _driven_by(simulator, path, columns) or (None,):
        own = _columns_of(simulator, drive.name, columns) if drive else columns
        waveform, understood = read_waveform(path, drive, own)
        typer.echo(understood, err=True)
        found[drive.name if drive else ""] = waveform
    return found if len(simulator.inputs) > 1 else next(iter(found.values()))


def _driven_by(simulator: Simulator, path: Path, columns: str | None) -> "tuple[Variable, ...]":
    """Return the inputs that a table drives, and say which ones it leaves out."""
    if len(simulator.inputs) < 2:
        return simulator.inputs
    from dynsur.core.tables import Quantity, named_in, parse_columns, read_sheet

    inputs = [Quantity(v.name, v.units, v.symbol) for v in simulator.inputs]
    named = {*parse_columns(columns), *named_in(read_sheet(path), inputs)}
    chosen = tuple(v for v in simulator.inputs if v.name in named)
    left = [v.name for v in simulator.inputs if v.name not in named]
    if chosen and left:
        typer.echo(f"{path.name} does not name {', '.join(left)}: the own drive is kept", err=True)
    return chosen or simulator.inputs


def _columns_of(simulator: Simulator, name: str, columns: str | None) -> str | None:
    """Return what --columns says of the time and of one input."""
    from dynsur.core.tables import join_columns, parse_columns

    others = {v.name for v in simulator.inputs} - {name}
    return join_columns({n: c for n, c in parse_columns(columns).items() if n not in others})


def save(data: "xr.Dataset", out: Path | None, *, told: bool = True) -> None:
    """Write a dataset as a store or a table if a path was given, and report this."""
    if out is None:
        return
    from dynsur.core.files import write_text, write_zarr

    if out.suffix == ".csv":
        write_text(out, _table(data))
    else:
        write_zarr(data, out)
    if told:
        typer.echo(f"wrote {out}")


def _table(data: "xr.Dataset") -> str:
    """Return the series of one curve as CSV with units in the header."""
    series = data[[name for name in data.data_vars if data[name].dims == ("time",)]]
    frame = series.reset_coords(drop=True).to_dataframe().reset_index()
    frame.columns = [f"{name} ({data[name].attrs.get('units', '1')})" for name in frame.columns]
    return frame.to_csv(index=False)


def refuse_abscissa(simulator: Simulator, against: str | None) -> None:
    """Refuse an --against that the system lacks, before anything is computed."""
    known = ["time", *(v.name for v in simulator.inputs)]
    if against is not None and against not in known:
        raise unknown_name("abscissa", against, known)


def draw(
    data: "xr.Dataset", plot: Path | None, against: str | None = None, *, told: bool = True
) -> None:
    """Draw a trajectory if a path was given, and report this."""
    if plot is not None:
        from dynsur.core.reporting import plot_trajectory

        plot_trajectory(data, plot, against)
        if told:
            typer.echo(f"drew {plot}")
