"""`dynsur predict`: predict systems with a trained model."""

import dataclasses
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any

import numpy as np
import typer
from dynsur.core import DynsurError, trajectory

from .console import print_json
from .options import (
    Against,
    AsJson,
    ColumnChoice,
    Config,
    Cycles,
    FitFolder,
    Force,
    ModelFolder,
    Plot,
    Settings,
    WaveformFile,
    parse_settings,
    single_values,
)
from .response import print_response, print_response_json
from .simulate import draw, fitted, read_drive, refuse_abscissa, refuse_unusable, save

if TYPE_CHECKING:
    import xarray as xr
    from dynsur.core import Surrogate
    from dynsur.core.systems import Excitation

Columns = Mapping[str, np.ndarray]

Table = Annotated[
    Path | None,
    typer.Option(
        "--table",
        help="Table with a row for each system and columns named after parameters: CSV of any "
        "dialect, .xlsx or .parquet; other parameters have the value of --set or their "
        "default.",
    ),
]
Out = Annotated[
    Path | None,
    typer.Option(
        "--out",
        help="Zarr store (OUT.zarr) to write, or of one system a table (OUT.csv); must not exist.",
    ),
]
Washout = Annotated[
    int,
    typer.Option(
        "--washout",
        metavar="SAMPLES",
        help="First samples whose measured outputs, in the file of --waveform, a model of "
        "recordings may see to find its state.",
        min=0,
    ),
]


def predict(
    model: ModelFolder,
    settings: Settings = [],  # noqa: B006
    config: Config = None,
    table: Table = None,
    out: Out = None,
    plot: Plot = None,
    against: Against = None,
    waveform: WaveformFile = None,
    columns: ColumnChoice = None,
    fit: FitFolder = None,
    cycles: Cycles = None,
    washout: Washout = 0,
    force: Force = False,
    as_json: AsJson = False,
) -> None:
    """Predict the response of one system, or of the systems of a table, with a trained model.

    Example: dynsur predict reram --table docs/examples/devices.csv --out predicted.zarr
    """
    from dynsur.core import Surrogate
    from dynsur.core.surrogate import UNFAMILIAR

    refuse_unusable(out, plot, force)
    if table is not None and (out is None or plot is not None):
        raise DynsurError("--table predicts many systems: it needs --out and draws no --plot.")
    if table is not None and out is not None and out.suffix == ".csv":
        raise DynsurError(
            f"predictions of a table are a zarr store; got --out {out}; name it OUT.zarr, and "
            "`dynsur export OUT.zarr devices.parquet` writes their figures of merit."
        )
    surrogate = Surrogate.load(model)
    given = fitted(fit, surrogate.simulator) | parse_settings(settings, config)
    surrogate = configured(surrogate, given, cycles)
    refuse_abscissa(surrogate.simulator, against)
    of_table, of_drive = _apart(columns, surrogate, table, waveform)
    devices = surrogate.simulator.space.columns(_columns(surrogate, table, of_table, given))
    if washout:
        data = _followed(surrogate, devices, waveform, table, of_drive, washout)
    else:
        wave = read_drive(surrogate.simulator, waveform, of_drive)
        if table is not None and out is not None:
            _write_all(surrogate, devices, wave, out, as_json)
            return
        data = predicted(surrogate, devices, wave)
    _tell_unfamiliar([data.attrs.get(UNFAMILIAR, "")])
    if not as_json:
        print_response(surrogate.simulator, data, predicted=True)
    save(data, out, told=not as_json)
    draw(data, plot, against, told=not as_json)
    if as_json:
        parameters = {name: float(values[0]) for name, values in devices.items()}
        print_response_json(surrogate.simulator, data, parameters, out=out, plot=plot)


def _followed(
    surrogate: "Surrogate",
    devices: Columns,
    waveform: Path | None,
    table: Path | None,
    columns: str | None,
    washout: int,
) -> "xr.Dataset":
    """Predict along a record whose first outputs the model sees, and say the error of the rest."""
    from dynsur.core.response import follow_record

    if waveform is None or table is not None:
        raise DynsurError(
            "--washout shows a model the first outputs of one record: give --waveform FILE with "
            "its inputs and outputs, and no --table."
        )
    followed = follow_record(surrogate, devices, waveform, columns, washout)
    typer.echo(followed.summary, err=True)
    for name, error in followed.errors.items():
        units = next(v.units for v in surrogate.simulator.outputs if v.name == name)
        told = f"{name}: RMSE {error:.4g} {units} beyond the first {washout} samples"
        typer.echo(told, err=True)
    return followed.trajectory


def configured(surrogate: "Surrogate", settings: dict[str, Any], cycles: int | None) -> "Surrogate":
    """Return the surrogate with fixed parameters and with settings of its simulator.

    Raises:
        DynsurError: A setting cannot be changed after the training.
    """
    from dynsur.core.registry import PARTS, configure_simulator, with_fields

    single_values(settings)
    for key in settings:
        group, dot, _ = key.partition(".")
        if (dot and group != "simulator") or key in PARTS:
            raise DynsurError(
                f"'{key}' is settled by the training; `dynsur predict` takes parameters and "
                "fields of the simulator."
            )
    simulator = configure_simulator(surrogate.simulator, settings)
    if cycles is not None:
        simulator = with_fields(simulator, {"cycles": cycles})
    return dataclasses.replace(surrogate, simulator=simulator)


def predicted(
    surrogate: "Surrogate", columns: Columns, waveform: "Excitation | None"
) -> "xr.Dataset":
    """Return the predicted trajectory of one system.

    Raises:
        DynsurError: The input of the simulator can be known only after a simulation.
    """
    from dynsur.core.surrogate import (
        UNFAMILIAR,
        origin,
        predicted_layout,
        unfamiliar,
    )

    response = surrogate.respond(columns, waveform, banded=bool(surrogate.calibration))
    series = {name: values[0] for name, values in response.items()}
    parameters = {name: float(np.ravel(values)[0]) for name, values in columns.items()}
    data = trajectory(surrogate.simulator, response["time"][0], series, parameters)
    for name, column in predicted_layout(surrogate).items():
        if column.attrs.get("role") == "band":
            data[name] = ("time", response[name][0], column.attrs)
    if surrogate.familiarity:
        data.attrs[UNFAMILIAR] = unfamiliar(surrogate, columns, response)[0]
    data.attrs.update(origin(surrogate))
    return data


def _apart(
    columns: str | None, surrogate: "Surrogate", table: Path | None, waveform: Path | None
) -> tuple[str | None, str | None]:
    """Split --columns into what it says of --table and of --waveform, where both are given."""
    from dynsur.core.tables import join_columns, parse_columns

    if table is None or waveform is None:
        return (columns, None) if waveform is None and table is not None else (None, columns)
    names = surrogate.simulator.space.names
    chosen = parse_columns(columns)
    of_table = {name: choice for name, choice in chosen.items() if name in names}
    of_drive = {name: choice for name, choice in chosen.items() if name not in names}
    return join_columns(of_table), join_columns(of_drive)


def _columns(
    surrogate: "Surrogate", table: Path | None, chosen: str | None, given: dict[str, Any]
) -> Columns:
    """Read the table, if there is one, and show which parameters have their defaults."""
    if table is None:
        return {}
    from dynsur.core.systems import read_devices

    space = surrogate.simulator.space
    columns, understood = read_devices(table, space, chosen)
    typer.echo(understood, err=True)
    for name in columns:
        if name in given:
            raise DynsurError(
                f"parameter '{name}' is a column of '{table}' and set by --set or --config; leave "
                "one of them out."
            )
    left_out = [f"{p.name}={p.value:g} {p.units}" for p in space.free if p.name not in columns]
    if left_out:
        told = ", ".join(left_out)
        typer.echo(f"'{table}' lacks parameters, which have their defaults: {told}", err=True)
    return columns


def _write_all(
    surrogate: "Surrogate",
    columns: Columns,
    waveform: "Excitation | None",
    out: Path,
    as_json: bool,
) -> None:
    from dynsur.core.surrogate import write_predictions

    from .display import RichDisplay

    with RichDisplay() as display:
        reasons = write_predictions(surrogate, columns, out, waveform, display.predicted)
    _tell_unfamiliar(reasons)
    count = len(next(iter(columns.values())))
    if as_json:
        print_json({"out": out, "systems": count, "unfamiliar": list(reasons)})
        return
    typer.echo(f"wrote {count} predictions to {out}")


def _tell_unfamiliar(reasons: Sequence[str]) -> None:
    """Report on stderr how many systems lie outside of the training, and why the first does."""
    strange = [i for i, reason in enumerate(reasons) if reason]
    if not strange:
        return
    first = reasons[strange[0]]
    if len(reasons) > 1:
        first = f"{len(strange)} of {len(reasons)} systems, system {strange[0] + 1}: {first}"
    typer.echo(f"outside of the training: {first}", err=True)
