"""A model that is wrong is corrected by the solver until its draws can be weighted."""

import contextlib
from dataclasses import dataclass

import numpy as np
import pytest
from dynsur.core.inference import FitOptions, fit, question
from dynsur.core.response import Response, SimulatedResponder
from lag import LAG, NOISE, TRUTH


@dataclass(frozen=True)
class Wrong(SimulatedResponder):
    """The lag in closed form, off by several times the noise and within its band."""

    surrogate = "a model"

    def along(self, parameters, series, time, *, banded=True):
        rate, gain = (np.reshape(parameters[name], (-1, 1)) for name in ("rate", "gain"))
        drive = np.broadcast_to(series["voltage"], (len(rate), np.size(time)))
        time = np.broadcast_to(time, drive.shape)
        true = np.zeros(drive.shape)
        for k in range(time.shape[1] - 1):  # the drive is linear between two instants
            now, then, step = drive[:, [k]], drive[:, [k + 1]], time[:, [k + 1]] - time[:, [k]]
            lag = (then - now) / step / rate
            fades = np.exp(-rate * step)
            true[:, [k + 1]] = fades * true[:, [k]] + gain * (then - lag - fades * (now - lag))
        wrong = true + 5.0 * NOISE * gain * np.sin(4.0 * time / time[:, -1:])
        half = np.full_like(true, 6.0 * NOISE)
        return Response(
            time, {"voltage": drive}, {"current": wrong}, [""] * len(true), [""] * len(true),
            {"current": wrong - half}, {"current": wrong + half},
        )  # fmt: skip


@pytest.fixture(scope="module", params=["the solver searches on", "the model is corrected"])
def corrected(request, loop, client, tmp_path_factory):
    folder = tmp_path_factory.mktemp("fit") / "wrong"
    asked = question(Wrong("lag", LAG), [loop], {"relative": 0.0, "absolute": NOISE})
    options = FitOptions(particles=200, chains=1, checks=60, rounds=3, seed=1)
    patch = pytest.MonkeyPatch()
    patch.setattr("dynsur.core.inference.fitting.weights_hash", lambda surrogate: "wrong")
    if request.param == "the model is corrected":  # as if the solver came nowhere near the data
        patch.setattr("dynsur.core.inference.rounds.NEAR", 0.0)
    try:
        return fit(asked, folder, lambda: contextlib.nullcontext(client), options)
    finally:
        patch.undo()


def test_the_last_draws_are_those_of_the_solver(corrected):
    first, *_, last = corrected.summary["rounds"]
    assert last["effective"] / last["checked"] > 0.8
    if not first["searches"]:  # of the wrong model, before it was corrected
        assert first["effective"] / first["checked"] < 0.5


def test_the_report_says_where_draws_around_searches_may_have_missed_a_device(corrected):
    around = corrected.summary["rounds"][0]["searches"] > 0
    assert ("would not be found" in corrected.summary["in_words"]) == around


def test_the_true_device_is_found_in_spite_of_the_wrong_model(corrected):
    found = {entry["name"]: entry for entry in corrected.summary["parameters"]}
    for name in ("rate", "gain"):
        deviation = (found[name]["high"] - found[name]["low"]) / 3.29
        assert abs(found[name]["median"] - TRUTH[name]) < 3.5 * deviation
