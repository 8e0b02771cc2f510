"""Errors and bands of the figures of merit of held-out systems."""

from typing import TYPE_CHECKING, Any

import numpy as np

from ..merits import READ, Merit, MeritBand, departure, merit_band, merits_of
from ..surrogate.inputs import Conditions, conditions
from ..systems.simulator import Simulator

if TYPE_CHECKING:
    import xarray as xr

    from ..encoding.training_data import TrainingData
    from ..surrogate.surrogate import Surrogate

Curves = dict[str, np.ndarray]
Merits = dict[Merit, np.ndarray]


def judge_merits(
    surrogate: "Surrogate", data: "TrainingData", store: "xr.Dataset", predicted: Curves
) -> dict[str, Any]:
    """Return errors and bands of the figures of merit of the test part as plain JSON values.

    A band is split-conformal: it is fitted on the errors of the validation part, and its coverage
    is counted on the test part.

    Args:
        surrogate: The surrogate.
        data: Gives the test and the validation samples.
        store: The simulations.
        predicted: The predicted outputs of the test samples by name, [n, time], at all instants.

    Returns:
        `read`, the share of each largest input at which states are read; and under `of`, by name,
        `units`, `long_name`, `scale`; `n`, the systems of which both values are defined;
        `undefined` {simulated, predicted, both}; `error` {median, p95, max} of the moduli, in
        decades where the scale is "log" and else in the unit; and `band` {share, half_width, n,
        coverage}. Numbers that cannot be told are None.
    """
    held, given = conditions(surrogate.simulator, store, data.test.sample)
    true, guess = _both(surrogate.simulator, held, given, predicted)
    bands = _bands(surrogate, data, store)
    found: dict[str, Any] = {}
    for merit, simulated in true.items():
        error = departure(merit, guess[merit], simulated)
        found[merit.name] = {
            "units": merit.units,
            "long_name": merit.long_name,
            "scale": merit.scale,
            **_summary(error),
            "undefined": _undefined(simulated, guess[merit]),
            "band": _band(bands[merit.name], error),
        }
    return {"read": READ, "of": found}


def _bands(
    surrogate: "Surrogate", data: "TrainingData", store: "xr.Dataset"
) -> dict[str, MeritBand]:
    whole, given = conditions(surrogate.simulator, store, data.validation.sample)
    true, guess = _both(surrogate.simulator, whole, given, surrogate.predict(*given))
    return {m.name: merit_band(departure(m, guess[m], values)) for m, values in true.items()}


def _both(
    simulator: Simulator, held: "xr.Dataset", given: Conditions, predicted: Curves
) -> tuple[Merits, Merits]:
    """Return the figures of merit of simulated and of predicted curves."""
    columns = {p.name: held[p.name].values for p in simulator.space}
    driven = {v.name: held[v.name].values for v in simulator.inputs}
    simulated = {v.name: held[v.name].values for v in simulator.outputs}
    true, guess = (
        merits_of(simulator, columns, {**driven, **outputs}, held["time"].values)
        for outputs in (simulated, predicted)
    )
    return true, guess


def _summary(error: np.ndarray) -> dict[str, Any]:
    known = np.abs(error[np.isfinite(error)])
    if not known.size:
        return {"n": 0, "error": {"median": None, "p95": None, "max": None}}
    median, high = np.quantile(known, [0.5, 0.95])
    worst = float(known.max())
    return {
        "n": int(known.size),
        "error": {"median": float(median), "p95": float(high), "max": worst},
    }


def _undefined(simulated: np.ndarray, predicted: np.ndarray) -> dict[str, int]:
    lacking, missed = ~np.isfinite(simulated), ~np.isfinite(predicted)
    return {
        "simulated": int((lacking & ~missed).sum()),
        "predicted": int((missed & ~lacking).sum()),
        "both": int((lacking & missed).sum()),
    }


def _band(band: MeritBand, error: np.ndarray) -> dict[str, Any]:
    known = np.abs(error[np.isfinite(error)])
    finite = bool(np.isfinite(band.half_width))
    return {
        "share": band.share,
        "half_width": band.half_width if finite else None,
        "n": band.n,
        "coverage": float((known <= band.half_width).mean()) if finite and known.size else None,
    }
