"""The verdict on a model is not taken in by steps of the loop, nor by a simulation that failed."""

import dataclasses

import numpy as np
import pytest
from dynsur.core import DynsurError
from dynsur.core.inference import measured, question
from dynsur.core.inference.asking import FitOptions
from dynsur.core.inference.determined import Finding
from dynsur.core.inference.fitting import inputs_of
from dynsur.core.inference.prior import RELATIVE
from dynsur.core.inference.summary import _loop_in_words, _misfit, in_words, scatter
from dynsur.core.response import SimulatedResponder
from lag import LAG

TIME = np.linspace(0.0, 1.0, 201)
DRIVE = np.sin(2.0 * np.pi * TIME)


def stepped(noise=0.0):
    """Return a loop whose output jumps, with independent noise."""
    rng = np.random.default_rng(3)
    smooth = np.where(TIME > 0.3, 1.0, 0.1) * (DRIVE + 1.2) / 2.2
    return measured("s", TIME, DRIVE, smooth + noise * rng.standard_normal(201), "current"), smooth


def verdict(monkeypatch, responder, loop, reading):
    """Return what is said of a device whose readings are given."""
    asked = question(responder, [loop], {"relative": 0.0, "absolute": 0.01})
    monkeypatch.setattr(
        type(asked), "modelled", lambda self, *a, **k: (reading[None], 0.0 * reading[None])
    )
    return _loop_in_words(_misfit(asked, 0, np.zeros(len(asked.prior.names))))


def test_a_step_of_the_loop_is_not_scatter():
    assert scatter(stepped()[0]) < 1e-3
    assert scatter(stepped(0.02)[0]) == pytest.approx(0.02, rel=0.25)


def test_a_smooth_error_beside_a_step_is_no_explanation(monkeypatch, responder):
    loop, smooth = stepped()
    bent = smooth + 0.05 * np.sqrt(2.0) * np.sin(6.0 * np.pi * TIME)
    told = verdict(monkeypatch, responder, loop, bent)
    assert "cannot explain" in told
    assert "misses the points by 0.0499 A (root mean square, 5.1 % of the peak)" in told
    noisy, smooth = stepped(0.01)
    assert "the model explains the loop" in verdict(monkeypatch, responder, noisy, smooth)


def test_an_error_has_a_unit_and_is_held_against_the_scatter(monkeypatch, responder):
    loop, smooth = stepped(0.01)
    told = verdict(monkeypatch, responder, loop, smooth + 0.5 * np.sin(6.0 * np.pi * TIME))
    times = 0.5 / np.sqrt(2.0) / scatter(loop)
    assert f", {times:.0f} times their scatter about a smooth curve (0.0" in told


def test_what_takes_the_ground_from_under_a_fit_is_said_first():
    bad = {"units": "A", "name": "loop", "rms_error": 0.3, "rms_error_of_peak": 0.3,
           "scatter": 0.001, "lag_one_correlation": 0.99}  # fmt: skip
    good = {**bad, "rms_error": 0.001}
    noise = Finding(RELATIVE, "1", "relative noise", 0.49, 0.495, 0.5, 0.99, "determined")
    quiet = dataclasses.replace(noise, median=0.02)
    result = {"chains_agree": 1.0, "correlated": [], "modes": [1], "exact": True, "remembered": 0.1}
    told = in_words({**result, "loops": [bad]}, [noise])
    assert told.startswith("The model cannot explain the loop 'loop'")
    assert told.index("the most that is allowed") < told.index("noise_relative is determined")
    told = in_words({**result, "loops": [good]}, [quiet])
    assert told.startswith("noise_relative is determined")
    assert "allowed" not in told
    assert "too narrow" not in told
    stuck = {**result, "loops": [good], "remembered": 0.44}
    assert "(correlation 0.44), as on narrow, bent ridges: the ranges may be" in in_words(stuck, [])


def test_a_best_device_without_a_response_is_refused(monkeypatch, responder):
    loop, smooth = stepped()
    with pytest.raises(DynsurError, match="no response for the best device"):
        verdict(monkeypatch, responder, loop, np.full_like(smooth, np.nan))


def test_a_fit_with_other_settings_of_the_solver_is_another_fit(loop):
    def inputs(system):
        return inputs_of(question(SimulatedResponder("lag", system), [loop]), FitOptions())

    finer = dataclasses.replace(LAG, relative_tolerance=LAG.relative_tolerance / 10.0)
    assert inputs(LAG) == inputs(dataclasses.replace(LAG))
    assert inputs(LAG) != inputs(finer)
