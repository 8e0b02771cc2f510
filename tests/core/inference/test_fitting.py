"""A fit finds the device that was measured, keeps what it has done, and says what is left open."""

import contextlib
import dataclasses
import json

import numpy as np
import pytest
import xarray as xr
from dynsur.core import DynsurError
from dynsur.core.inference import FitOptions, fit, fitted_device, open_posterior, question
from dynsur.core.inference.page import write_fit_page
from dynsur.core.response import SimulatedResponder
from lag import LAG, NOISE, TRUTH

OPTIONS = FitOptions(particles=150, chains=2, checks=16, seed=1)


@pytest.fixture(scope="module")
def finished(responder, loop, client, tmp_path_factory):
    folder = tmp_path_factory.mktemp("fit") / "lag"
    asked = question(responder, [loop], {"relative": 0.0})
    return fit(asked, folder, lambda: contextlib.nullcontext(client), OPTIONS), folder


def test_the_true_device_lies_within_the_posterior(finished):
    """Within three standard deviations; the 90 % interval is 3.29 of them wide."""
    found = {entry["name"]: entry for entry in finished[0].summary["parameters"]}
    for name, true in (("rate", TRUTH["rate"]), ("gain", TRUTH["gain"]), ("noise_absolute", NOISE)):
        deviation = (found[name]["high"] - found[name]["low"]) / 3.29
        assert abs(found[name]["median"] - true) < 3.0 * deviation
        assert found[name]["verdict"] == "determined"


def test_what_the_data_say_nothing_about_keeps_its_prior(finished):
    found = {entry["name"]: entry for entry in finished[0].summary["parameters"]}
    assert abs(found["idle"]["contraction"]) < 0.2
    assert found["idle"]["verdict"] == "not determined"
    assert "idle is not determined" in finished[0].summary["in_words"]


def test_the_amplitude_is_that_of_the_measured_drive(finished):
    assert finished[0].summary["settled_by_drive"][0]["U_max"] == pytest.approx(1.2)
    assert "U_max" not in open_posterior(finished[1])


def test_the_model_explains_the_loop_that_it_made(finished):
    (loop,) = finished[0].summary["loops"]
    assert 0.7 < loop["chi_squared_per_point"] < 1.3
    assert "the model explains the loop" in finished[0].summary["in_words"]


def test_a_loop_of_another_system_is_said_to_be_unexplained(responder, loop, connect, tmp_path):
    other = dataclasses.replace(loop, output=0.8 * loop.drive**3 + 1e-4 * loop.output)
    asked = question(responder, [other], {"relative": 0.0})
    found = fit(asked, tmp_path / "f", connect, FitOptions(particles=100, chains=1, checks=0))
    assert "cannot explain the loop" in found.summary["in_words"]


def test_a_single_free_parameter_is_fitted(loop, connect, tmp_path):
    """A correlation needs two, and there is none to tell."""
    space = LAG.space.restrict("gain", TRUTH["gain"]).restrict("idle", TRUTH["idle"])
    responder = SimulatedResponder("lag", dataclasses.replace(LAG, space=space))
    asked = question(responder, [loop], {"relative": 0.0, "absolute": NOISE})
    assert asked.prior.names == ["rate"]
    found = fit(asked, tmp_path / "f", connect, FitOptions(particles=100, chains=1, checks=4))
    (rate,) = found.summary["parameters"]
    assert abs(rate["median"] - TRUTH["rate"]) < rate["high"] - rate["low"]
    assert found.summary["correlated"] == []
    write_fit_page(found, tmp_path / "f")


def test_plain_xarray_and_arviz_open_the_posterior(finished):
    path = finished[1] / "posterior.zarr"
    plain = xr.open_zarr(path, group="posterior")
    assert dict(plain.sizes) == {"chain": 2, "draw": 150}
    assert plain["rate"].attrs["units"] == "1/s"
    tree = xr.open_datatree(path, engine="zarr")
    assert {"posterior", "sample_stats", "log_likelihood", "observed_data"} <= set(tree.children)
    predictive = tree["posterior_predictive"]
    assert predictive["weight"].values.sum() == pytest.approx(1.0)
    assert predictive["current_0"].shape == (16, 41)


def test_the_fitted_device_is_handed_back(finished, responder):
    device = fitted_device(finished[1], responder.space)
    assert device.keys() == set(responder.space.names)
    response = responder.respond(device)
    assert np.isfinite(response.outputs["current"]).all()
    with pytest.raises(DynsurError, match="holds no finished fit"):
        fitted_device(finished[1] / "figures", responder.space)


def test_a_finished_fit_is_read_and_another_one_is_refused(finished, connect, monkeypatch):
    found, folder = finished
    monkeypatch.setattr("dynsur.core.inference.stages.sample", None)
    monkeypatch.setattr("dynsur.core.inference.fitting.fit_point", None)
    again = fit(found.likelihood, folder, connect, OPTIONS)
    np.testing.assert_array_equal(again.draws.z, found.draws.z)
    assert again.summary["in_words"] == found.summary["in_words"]
    other = dataclasses.replace(OPTIONS, seed=2)
    with pytest.raises(DynsurError, match="holds a fit of other data"):
        fit(found.likelihood, folder, connect, other)


def test_an_interrupted_fit_keeps_its_chains(responder, loop, connect, tmp_path, monkeypatch):
    asked = question(responder, [loop], {"relative": 0.0, "absolute": NOISE})
    options = FitOptions(particles=100, chains=1, checks=4)
    with monkeypatch.context() as patch:
        patch.setattr("dynsur.core.inference.rounds.simulated_draws", _interrupted)
        with pytest.raises(KeyboardInterrupt):
            fit(asked, tmp_path / "f", connect, options)
    kept = np.load(tmp_path / "f" / "chain_0.npz")["z"]
    assert json.loads((tmp_path / "f" / "fit.json").read_text())["done"] is False
    found = fit(asked, tmp_path / "f", connect, options)
    np.testing.assert_array_equal(found.draws.z[0], kept)


def test_a_damaged_part_of_a_fit_is_told(responder, loop, connect, tmp_path):
    asked = question(responder, [loop], {"relative": 0.0, "absolute": NOISE})
    options = FitOptions(particles=100, chains=1, checks=4)
    fit(asked, tmp_path, connect, options)
    for name in ("point.npz", "chain_0.npz", "solver.npz"):
        path = tmp_path / name
        whole = path.read_bytes()
        middle = len(whole) // 3
        for damaged in (b"", whole[:-40], whole[:middle] + b"\xff\x00" + whole[middle + 2 :]):
            path.write_bytes(damaged)
            with pytest.raises(DynsurError, match=rf"{name}' is damaged \(.*remove it and run"):
                fit(asked, tmp_path, connect, options)
        path.write_bytes(whole)


def _interrupted(*arguments, **options):
    raise KeyboardInterrupt


def test_a_folder_of_something_else_is_left_alone(responder, loop, connect, tmp_path):
    (tmp_path / "notes.txt").write_text("mine")
    with pytest.raises(DynsurError, match="holds no fit"):
        fit(question(responder, [loop]), tmp_path, connect, OPTIONS)
    assert [path.name for path in tmp_path.iterdir()] == ["notes.txt"]


def test_the_page_tells_it_in_words_and_pictures(finished):
    found, folder = finished
    text = write_fit_page(found, folder).read_text()
    assert "not determined" in text
    assert {path.stem for path in (folder / "figures").iterdir()} == {
        "corner", "loop_0", "residuals_0",
    }  # fmt: skip
    assert "http" not in text
