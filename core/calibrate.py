"""What a trained surrogate learns from its own errors: trust, bands, and what it is used to."""

import dataclasses
from typing import TYPE_CHECKING

import numpy as np

from .calibration import Calibration, spread_of
from .conditions import conditions
from .encoding import Encoding, TrainingData
from .familiarity import Drives, Familiarity
from .metrics import nrmse
from .surrogate import Surrogate

if TYPE_CHECKING:
    import xarray as xr

TRUSTS = tuple(np.linspace(0.1, 1.0, 10).tolist())  # shares of a predicted departure tried


def calibrated(surrogate: Surrogate, data: TrainingData, store: "xr.Dataset") -> Surrogate:
    """Return the surrogate with trust and bands learnt on the validation part of its training.

    The test part is not looked at; the drives are those of the training part.

    Args:
        surrogate: A trained one.
        data: What it was trained on.
        store: The simulations.
    """
    held, given = conditions(surrogate.simulator, store, data.validation.sample, data.time_index)
    seen = surrogate.seen(*given)
    each = surrogate.encoded(*seen, each=True)
    true = {scale.name: held[scale.name].values for scale in surrogate.encoding.outputs}
    surrogate = _trusting(surrogate, seen[0], each.mean(axis=0), true)
    members = [surrogate.encoding.decode_outputs(member, seen[0]) for member in each]
    middle = surrogate.encoding.decode_outputs(each.mean(axis=0), seen[0])
    calibration = tuple(
        Calibration.fit(
            scale,
            middle[scale.name],
            spread_of(scale, members),
            true[scale.name],
        )
        for scale in surrogate.encoding.outputs
    )
    duration = store["time"].isel(sample=data.train.sample, time=-1).values
    used_to = _familiarity(surrogate, data, duration)
    return dataclasses.replace(surrogate, calibration=calibration, familiarity=used_to)


def _trusting(
    surrogate: Surrogate,
    estimates: dict[str, np.ndarray],
    encoded: np.ndarray,
    true: dict[str, np.ndarray],
) -> Surrogate:
    """Choose how much of each predicted departure is believed, where that was left open.

    The mean over curves of min(nRMSE, 1) decides: no curve rules it.
    """
    encoding = surrogate.encoding
    if all(departure.trust for departure in encoding.departures):
        return surrogate

    def trusting(share: float) -> Encoding:
        believed = (dataclasses.replace(d, trust=share) for d in encoding.departures)
        return dataclasses.replace(encoding, departures=tuple(believed))

    def cost(share: float) -> float:
        guess = trusting(share).decode_outputs(encoded, estimates)
        errors = [nrmse(guess[name], curves) for name, curves in true.items()]
        return float(np.nanmean(np.minimum(errors, 1.0)))

    return dataclasses.replace(surrogate, encoding=trusting(min(TRUSTS, key=cost)))


def _familiarity(surrogate: Surrogate, data: TrainingData, duration: np.ndarray) -> Familiarity:
    names = {v.name for v in surrogate.simulator.inputs}
    drives = tuple(
        Drives.fit(
            scale.name,
            scale.inverse(data.train.series[..., k]),
            scale.inverse(data.validation.series[..., k]),
        )
        for k, scale in enumerate(surrogate.encoding.series)
        if scale.name in names
    )
    ranges = tuple((p.name, p.low, p.high) for p in surrogate.simulator.space if p.seen)
    return Familiarity(ranges, drives, float(duration.min()), float(duration.max()))
