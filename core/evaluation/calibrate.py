"""Fit trust, conformal bands and the applicability domain on the validation set."""

import dataclasses
from collections.abc import Callable
from typing import TYPE_CHECKING

import numpy as np

from ..encoding.encoding import Encoding
from ..encoding.training_data import TrainingData
from ..surrogate.applicability import Drives, Familiarity, hidden_shares
from ..surrogate.conformal import Calibration, spread_of
from ..surrogate.inputs import Conditions, conditions, network_inputs
from ..surrogate.network import decoder
from ..surrogate.surrogate import Surrogate
from .free_run import calibrated_on_pieces
from .metrics import FLOOR, log_error, nrmse

if TYPE_CHECKING:
    import xarray as xr

TRUSTS = tuple(np.linspace(0.1, 1.0, 10).tolist())  # the values of trust that are tried
LEAST = 1e-6  # errors below this count as equal
REPORTED = (0.5, 0.95)  # quantiles over curves that an evaluation reports
Decode = Callable[[np.ndarray], dict[str, np.ndarray]]


def calibrated(
    surrogate: Surrogate, data: TrainingData, store: "xr.Dataset", *, floor: float = FLOOR
) -> Surrogate:
    """Return the surrogate with trust and bands fitted on the validation part of its data.

    The test part is not used. The drives of the applicability domain are those of the training
    part.

    Args:
        surrogate: A trained surrogate.
        data: The data on which it was trained.
        store: The simulations.
        floor: Output below which a curve counts as zero; see `core.evaluation.evaluate`.
    """
    if data.sequences is not None:
        return calibrated_on_pieces(surrogate, data, store)
    whole, given = conditions(surrogate.simulator, store, data.validation.sample)
    true = {
        scale.name: whole[scale.name].values[:, data.time_index]
        for scale in surrogate.encoding.outputs
    }
    seen = network_inputs(surrogate.simulator, surrogate.encoding, given, surrogate.phases)
    each = surrogate.encoded(seen.series, seen.scalars, each=True)

    def decoding(encoding: Encoding) -> Decode:
        decode = decoder(encoding, surrogate.phases, seen, given)
        return lambda encoded: {n: y[:, data.time_index] for n, y in decode(encoded).items()}

    encoding = trusted(surrogate.encoding, decoding, each.mean(axis=0), true, floor)
    decode = decoding(encoding)
    members, middle = [decode(member) for member in each], decode(each.mean(axis=0))
    calibration = tuple(
        Calibration.fit(
            scale,
            middle[scale.name],
            spread_of(scale, members),
            true[scale.name],
        )
        for scale in encoding.outputs
    )
    duration = store["time"].isel(sample=data.train.sample, time=-1).values
    used_to = _familiarity(surrogate, data, duration, given)
    return dataclasses.replace(
        surrogate, encoding=encoding, calibration=calibration, familiarity=used_to
    )


def trusted(
    encoding: Encoding,
    decoding: Callable[[Encoding], Decode],
    encoded: np.ndarray,
    true: dict[str, np.ndarray],
    floor: float,
) -> Encoding:
    """Return the encoding with the trust in a model's corrections chosen on held-back curves.

    If the dataset leaves the trust open, it is the value with the smallest product of the median
    and the 95th percentile of nRMSE and log error over the curves above the floor: the figures that
    an evaluation reports. A mean of logarithms would weigh curves most whose base is nearly exact.

    Args:
        encoding: Of the trained model.
        decoding: Returns what turns encoded departures into outputs, for an encoding.
        encoded: Predicted departures on the model's scale, shape [curve, phase, output].
        true: What was simulated, by output, each of shape [curve, time].
        floor: Output below which a curve counts as zero.
    """
    if all(departure.trust for departure in encoding.departures):
        return encoding

    def trusting(share: float) -> Encoding:
        believed = (dataclasses.replace(d, trust=share) for d in encoding.departures)
        return dataclasses.replace(encoding, departures=tuple(believed))

    def cost(share: float) -> float:
        guess = decoding(trusting(share))(encoded)
        return sum(_typical_error(guess[name], curves, floor) for name, curves in true.items())

    return trusting(min(TRUSTS, key=cost))


def _typical_error(predicted: np.ndarray, true: np.ndarray, floor: float) -> float:
    """Return the mean logarithm of what is reported of the curves above the floor."""
    above = np.abs(true).max(axis=1) > floor
    predicted, true = predicted[above], true[above]
    errors = [nrmse(predicted, true), log_error(predicted, true, floor)]
    known = [curves[np.isfinite(curves)] for curves in errors]
    figures = [np.quantile(curves, REPORTED) for curves in known if curves.size]
    return float(np.mean(np.log(np.maximum(figures, LEAST)))) if figures else 0.0


def _familiarity(
    surrogate: Surrogate, data: TrainingData, duration: np.ndarray, held: Conditions
) -> Familiarity:
    names = {v.name for v in surrogate.simulator.inputs}
    hidden = hidden_shares(held.time, held.series, held.time[:, -1:] * surrogate.phases)
    drives = tuple(
        Drives.fit(
            scale.name,
            scale.inverse(data.train.series[..., k]),
            scale.inverse(data.validation.series[..., k]),
            float(hidden[scale.name].max(initial=0.0)),
        )
        for k, scale in enumerate(surrogate.encoding.series)
        if scale.name in names
    )
    ranges = tuple((p.name, p.low, p.high) for p in surrogate.simulator.space if p.seen)
    return Familiarity(ranges, drives, float(duration.min()), float(duration.max()))
