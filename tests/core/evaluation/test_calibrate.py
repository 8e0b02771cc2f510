"""A trained surrogate learns its bands on validation curves only, and keeps them."""

import numpy as np
import pytest
from dynsur.core import Departure, DynsurError, Encoding, Scale, Surrogate
from dynsur.core.evaluation.calibrate import calibrated, trusted
from dynsur.core.registry.configuration import Training
from dynsur.core.training.loop import train
from learning import Dense, Loops, SquaredError, make_data, make_store

LONG = Training(epochs=40, batch_size=8, learning_rate=1e-2, threads=1, device="cpu")


@pytest.fixture(scope="module")
def store():
    return make_store(60)


@pytest.fixture(scope="module")
def trained(store, tmp_path_factory):
    folder = tmp_path_factory.mktemp("calibrate")
    data = make_data(store)
    train(Dense(), SquaredError(), data, LONG, seed=0, folder=folder)
    return Surrogate.trained(folder, Dense(), Loops(), data, {"seed": 0}), data


def given(store, samples):
    part = store.isel(sample=samples)
    columns = {name: part[name].values for name in ("a", "T")}
    return columns, {"u": part["u"].values}, part["time"].values


def test_bands_enclose_the_prediction_and_most_held_out_points(trained, store):
    surrogate = calibrated(*trained, store)
    data = trained[1]
    inputs = given(store, data.test.sample)
    low, high = surrogate.bands(*inputs)["y"]
    predicted = surrogate.predict(*inputs)["y"]
    assert ((low <= predicted) & (predicted <= high)).all()
    true = store["y"].values[data.test.sample]
    assert ((true >= low) & (true <= high)).mean() > 0.6


def test_held_out_simulations_have_no_say(trained, store):
    surrogate, data = trained
    spoilt = store.copy(deep=True)
    spoilt["y"][data.test.sample] = 1e9
    first, second = (calibrated(surrogate, data, held) for held in (store, spoilt))
    assert first.calibration == second.calibration
    assert first.familiarity == second.familiarity


def test_an_uncalibrated_surrogate_has_no_bands(trained, store):
    surrogate, data = trained
    with pytest.raises(DynsurError, match="has no bands"):
        surrogate.bands(*given(store, data.test.sample))
    with pytest.raises(DynsurError, match="does not know its training"):
        surrogate.unfamiliar(*given(store, data.test.sample))


def test_training_systems_are_familiar_and_others_are_not(trained, store):
    surrogate, data = trained
    surrogate = calibrated(surrogate, data, store)
    columns, series, time = given(store, data.train.sample)
    assert surrogate.unfamiliar(columns, series, time) == [""] * len(data.train)
    reasons = surrogate.unfamiliar({**columns, "a": 9.0 + 0.0 * columns["a"]}, series, time)
    assert all("a = 9" in reason for reason in reasons)
    steps = {"u": 0.5 * np.sign(series["u"])}
    assert all("shape" in reason for reason in surrogate.unfamiliar(columns, steps, time))


SCALE = Scale("y", "asinh", 0.0, 10.0, 1e-3)
RNG = np.random.default_rng(0)
ESTIMATE = {"y": RNG.uniform(1.0, 100.0, (40, 20))}
FACTOR = RNG.uniform(-0.4, 0.4, (40, 1))


# Corrects an estimate and does not yet know how far to believe.
UNTRUSTING = Encoding((), (), (SCALE,), (Departure(soft=100.0, trust=0.0, low=-5.0, high=5.0),))


def decoding(encoding):
    return lambda encoded: encoding.decode_outputs(encoded, ESTIMATE)


def test_a_departure_twice_too_large_is_believed_by_half():
    encoded = np.broadcast_to(2.0 * FACTOR, (40, 20))[..., None]
    true = {"y": ESTIMATE["y"] * 10.0**FACTOR}
    found = trusted(UNTRUSTING, decoding, encoded, true, 1e-15)
    assert found.departures[0].trust == pytest.approx(0.5)


def test_curves_below_the_floor_do_not_say_how_far_to_believe():
    encoded = np.broadcast_to(FACTOR, (40, 20))[..., None]
    true = ESTIMATE["y"] * 10.0**FACTOR
    true[10:] = 0.5 * RNG.uniform(size=(30, 20))  # noise that no departure explains
    found = trusted(UNTRUSTING, decoding, encoded, {"y": true}, 0.9)
    assert found.departures[0].trust == pytest.approx(1.0)
