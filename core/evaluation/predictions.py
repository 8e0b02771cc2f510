"""Build the dataset of the predictions of an evaluation, and open it again."""

from pathlib import Path
from typing import TYPE_CHECKING, Any

import numpy as np

from ..encoding.training_data import TrainingData
from ..errors import DynsurError
from ..store.zarr_group import refuse_other_layout
from ..systems.simulator import series_names

if TYPE_CHECKING:
    import xarray as xr

    from ..surrogate.surrogate import Surrogate

UNITS = {
    "mse_minmax": ("1", "mean squared error in the training part's min-max scale"),
    "mae_minmax": ("1", "mean absolute error in the training part's min-max scale"),
    "nrmse": ("1", "RMSE / (max − min) of the curve"),
    "vrmse": ("1", "RMSE / standard deviation of the curve"),
    "log_error": ("decade", "median |Δ log₁₀| above the floor"),
    "loop_area_error": ("1", "relative error of the area of loops that fill 1 % of their box"),
    "peak_error": ("1", "relative error of the peak"),
}


def open_predictions(folder: Path) -> "xr.Dataset":
    """Load the predictions that an evaluation has written to a folder.

    Raises:
        DynsurError: There are no predictions, or they are damaged.
    """
    import xarray as xr

    path = Path(folder) / "predictions.zarr"
    try:
        refuse_other_layout(path)
        return xr.open_zarr(str(path), chunks=None, consolidated=False, zarr_format=3).load()
    except Exception as error:  # a damaged chunk may fail in any codec
        text = " ".join(str(error).split()) or type(error).__name__
        raise DynsurError(f"cannot read '{path}': {text}; evaluate the run again.") from None


def predictions_dataset(
    surrogate: "Surrogate",
    data: TrainingData,
    held: "xr.Dataset",
    predicted: dict[str, np.ndarray],
    bands: dict[str, tuple[np.ndarray, np.ndarray]],
    curves: dict[str, np.ndarray],
    floor: float,
) -> "xr.Dataset":
    """Return simulated and predicted curves, bands and metrics over `sample` and `time`.

    Args:
        surrogate: The surrogate.
        data: Gives the test samples.
        held: Simulations of the test samples at the retained instants.
        predicted: Predicted outputs by name, each of shape [sample, time].
        bands: Ends of each output's band by name.
        curves: Metrics by name, each of shape [sample].
        floor: Output below which a curve counts as zero.

    Raises:
        DynsurError: A prediction is not finite.
    """
    import xarray as xr

    simulator = surrogate.simulator
    names = [*series_names(simulator), *simulator.space.names]
    variables: dict[str, Any] = {
        name: (held[name].dims, held[name].values, held[name].attrs) for name in names
    }
    for v in simulator.outputs:
        is_piece = np.isfinite(held["time"].values)  # shorter ones are padded
        if not np.isfinite(predicted[v.name][is_piece]).all():
            raise DynsurError(f"the surrogate's prediction of '{v.name}' is not finite.")
        attrs = {
            **held[v.name].attrs,
            "long_name": f"predicted {v.long_name or v.name}",
            "role": "prediction",
        }
        variables[f"{v.name}_predicted"] = (("sample", "time"), predicted[v.name], attrs)
        for end, values in zip(("low", "high"), bands.get(v.name, ()), strict=False):
            what = f"{end} end of the band of {v.long_name or v.name}"
            attrs = {"units": v.units, "long_name": what, "role": "band"}
            variables[f"{v.name}_{end}"] = (("sample", "time"), values, attrs)
    for name, values in curves.items():
        units, meaning = next(UNITS[key] for key in UNITS if name.endswith(key))
        attrs = {"units": units, "long_name": meaning, "role": "metric"}
        variables[name] = ("sample", values, attrs)
    return xr.Dataset(
        variables | _places(data),
        coords={"sample": ("sample", *_numbers(data))},
        attrs={"system": simulator.name, "floor": floor},
    )


def _numbers(data: TrainingData) -> tuple[np.ndarray, dict[str, str]]:
    """Return the numbers of the test samples, or of the pieces of records, and what they mean."""
    if data.sequences is None:
        return data.test.sample, {"long_name": "index in the store", "units": "1"}
    meaning = {"long_name": "piece of the test part", "units": "1"}
    return np.arange(len(data.test)), meaning


def _places(data: TrainingData) -> dict[str, Any]:
    """Return where the pieces of the test part lie; nothing if they are whole samples."""
    pieces = () if data.sequences is None else data.sequences.test
    return {
        name: (
            "sample",
            np.array([getattr(piece, name) for piece in pieces]),
            {"units": "1", "long_name": f"{name} of the piece", "role": "piece"},
        )
        for name in (("record", "start", "stop") if pieces else ())
    }
