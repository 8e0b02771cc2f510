"""What `dynsur simulate` and `dynsur predict` print of the response of one system."""

from pathlib import Path
from typing import TYPE_CHECKING, Any

import numpy as np
import typer
from dynsur.core import Simulator

from .console import print_json

if TYPE_CHECKING:
    import xarray as xr


def print_response(simulator: Simulator, data: "xr.Dataset", *, predicted: bool) -> None:
    """Print the range of each output, and what the solver says of itself."""
    from dynsur.core.reporting import unit_text

    for variable in simulator.outputs:
        series = data[variable.name]
        units = unit_text(variable.units)
        typer.echo(
            f"{variable.name}: {float(series.min()):.4g} to {float(series.max()):.4g}"
            f"{f' {units}' if units else ''}{', predicted' if predicted else ''}"
        )
    for name, value in numbers_of(data).items():
        typer.echo(f"{name}: {value:.3g}")


def print_response_json(
    simulator: Simulator, data: "xr.Dataset", parameters: dict[str, float], **files: Path | None
) -> None:
    """Print a response for programs; the curves themselves are in the file of --out.

    Args:
        simulator: The system.
        data: Its response, of dimension `time`.
        parameters: Every parameter by name.
        files: What was written, by the name of its option.
    """
    variables = (*simulator.inputs, *simulator.outputs)
    ends = {
        v.name: {
            "units": v.units,
            "least": float(data[v.name].min()),
            "largest": float(data[v.name].max()),
        }
        for v in variables
    }
    told: dict[str, Any] = {
        "system": simulator.name,
        "parameters": parameters,
        "inputs": {v.name: ends[v.name] for v in simulator.inputs},
        "outputs": {v.name: ends[v.name] for v in simulator.outputs},
        "merits": _merits(simulator, data, parameters),
        "solver": numbers_of(data),
    }
    if unfamiliar := data.attrs.get("unfamiliar"):
        told["unfamiliar"] = unfamiliar
    print_json({**told, **{name: path for name, path in files.items() if path is not None}})


def numbers_of(data: "xr.Dataset") -> dict[str, float]:
    """Return the numbers that a solver tells of itself, such as its steps."""
    return {str(k): v for k, v in data.attrs.items() if isinstance(v, int | float)}


def _merits(
    simulator: Simulator, data: "xr.Dataset", parameters: dict[str, float]
) -> dict[str, dict[str, Any]]:
    from dynsur.core.merits import merits_of

    columns = {name: np.array([value]) for name, value in parameters.items()}
    names = [v.name for v in (*simulator.inputs, *simulator.outputs)]
    series = {name: data[name].values[None] for name in names}
    found = merits_of(simulator, columns, series, data["time"].values[None])
    return {merit.name: {"units": merit.units, "value": v[0]} for merit, v in found.items()}
