"""A surrogate predicts in physical units and survives being written and read."""

import json

import numpy as np
import pytest
from driven import DEPARTING, PLAIN, Driven, Known, untrained
from dynsur.core import DynsurError, Experiment, triangle
from dynsur.core.registry.configuration import Training
from dynsur.core.registry.host import Host
from dynsur.core.surrogate.surrogate import Surrogate
from dynsur.core.training.loop import train
from dynsur.plugins.reram import HDiNN
from learning import Dense, Loops, SquaredError, make_data, make_store


@pytest.fixture(scope="module")
def store():
    return make_store()


@pytest.fixture(scope="module")
def surrogate(store, tmp_path_factory):
    folder = tmp_path_factory.mktemp("training")
    data = make_data(store)
    training = Training(epochs=300, batch_size=8, learning_rate=2e-2, patience=300, threads=1)
    train(Dense(), SquaredError(), data, training, seed=0, folder=folder)
    return Surrogate.trained(folder, Dense(), Loops(), data, {"seed": 0})


@pytest.fixture
def known_host(monkeypatch):
    found = Host([])
    monkeypatch.setattr(found, "simulator", lambda name: {"loops": Loops()}[name])
    monkeypatch.setattr(found, "model", lambda name: {"dense": Dense()}[name])
    monkeypatch.setattr("dynsur.core.surrogate.persistence.host", lambda: found)


def _arguments(store, instants=slice(None)):
    rows = store.isel(sample=slice(-10, None), time=instants)
    scalars = {name: rows[name].values for name in ("a", "T")}
    return scalars, {"u": rows["u"].values}, rows["time"].values


def test_it_predicts_in_physical_units_at_instants_it_was_not_trained_at(store, surrogate):
    predicted = surrogate.predict(*_arguments(store))["y"]
    simulated = store["y"].values[-10:]
    assert predicted.shape == simulated.shape
    assert np.sqrt(((predicted - simulated) ** 2).mean()) < 0.1 * simulated.std()


def test_a_shorter_selection_gives_the_same_values(store, surrogate):
    scalars, driven, time = _arguments(store)
    whole = surrogate.predict(scalars, driven, time)["y"]
    part = surrogate.predict(*_arguments(store, slice(None, None, 4)), time[:, -1])["y"]
    assert part == pytest.approx(whole[:, ::4])


def test_it_survives_being_written_and_read(store, surrogate, tmp_path, known_host):
    surrogate.save(tmp_path)
    loaded = Surrogate.load(tmp_path)
    expected = surrogate.predict(*_arguments(store))["y"]
    assert np.array_equal(loaded.predict(*_arguments(store))["y"], expected)
    assert loaded.provenance == {"seed": 0}
    note = json.loads((tmp_path / "model.json").read_text())
    assert note["space"]["parameters"][0]["name"] == "a"


@pytest.mark.parametrize("file", ["model.json", "model.safetensors"])
def test_a_damaged_file_gives_one_clear_line(surrogate, tmp_path, known_host, file):
    surrogate.save(tmp_path)
    path = tmp_path / file
    path.write_bytes(path.read_bytes()[:40])
    with pytest.raises(DynsurError, match="train") as caught:
        Surrogate.load(tmp_path)
    assert "\n" not in str(caught.value)


def test_weights_of_another_size_are_refused(surrogate, tmp_path, known_host):
    surrogate.save(tmp_path)
    path = tmp_path / "model.json"
    note = json.loads(path.read_text())
    note["configuration"]["width"] = 3
    path.write_text(json.dumps(note))
    with pytest.raises(DynsurError, match="cannot be used"):
        Surrogate.load(tmp_path)


def test_a_run_folder_holds_its_model(store, surrogate, tmp_path, known_host):
    surrogate.save(tmp_path / "model")
    loaded = Surrogate.load(tmp_path)
    expected = surrogate.predict(*_arguments(store))["y"]
    assert np.array_equal(loaded.predict(*_arguments(store))["y"], expected)


def test_the_ranges_and_the_drive_of_the_training_come_back(tmp_path, monkeypatch):
    found = Host([])
    known = {"driven": Driven(), "hdinn": HDiNN()}
    for kind in ("simulator", "model", "dataset", "loss"):
        monkeypatch.setattr(found, kind, known.get)
    experiment = Experiment("twice", "driven", "", "hdinn", "", settings={"simulator.cycles": 2})
    monkeypatch.setattr(found, "experiment", {"twice": experiment}.get)
    monkeypatch.setattr("dynsur.core.surrogate.persistence.host", lambda: found)
    past = {"experiment": "twice", "settings": {"simulator.points": "21", "training.epochs": 1}}
    untrained(Driven(), PLAIN, provenance=past).save(tmp_path)
    assert Surrogate.load(tmp_path).simulator == Driven(points=21, cycles=2)


@pytest.mark.parametrize("simulator", [Driven(), Known()])
def test_the_simulators_own_drive_is_what_predict_is_given(simulator):
    surrogate = untrained(simulator, DEPARTING if isinstance(simulator, Known) else PLAIN)
    space = simulator.space
    given = {name: space.sample(1, 0, 5)[name] for name in ("a", "T")}
    response = surrogate.respond(given)
    for i in range(5):
        wave = triangle(given["a"][i], given["T"][i])
        np.testing.assert_array_equal(response["time"][i], wave.grid(41))
        np.testing.assert_array_equal(response["u"][i], wave(wave.grid(41)))
    predicted = surrogate.predict(given, {"u": response["u"]}, response["time"])
    np.testing.assert_array_equal(response["y"], predicted["y"])


def test_one_value_serves_all_systems_and_what_is_not_named_takes_its_default():
    surrogate = untrained(Driven(), PLAIN)
    some = surrogate.respond({"a": [0.6, 1.8]})
    all_named = surrogate.respond({"a": [0.6, 1.8], "T": 2.5, "fixed": [3.0, 3.0]})
    for name, values in some.items():
        assert values.shape == (2, 41)
        np.testing.assert_array_equal(values, all_named[name])


def test_a_waveform_replaces_the_simulators_drive():
    surrogate, wave = untrained(Driven(), PLAIN), triangle(1.0, 3.0, cycles=2)
    response = surrogate.respond({"a": [0.6, 1.8]}, wave)
    np.testing.assert_array_equal(response["u"], np.stack([wave(wave.grid(41))] * 2))


@pytest.mark.parametrize(
    ("given", "message"),
    [
        ({"A": 1.0}, "unknown parameter 'A'; did you mean 'a'"),
        ({"a": [1.0, 11.0]}, r"'a' must lie in \[0, 10\] S; got 11"),
        ({"a": [1.0, np.nan]}, "got nan"),
        ({"a": "high"}, "parameter 'a' takes numbers; got 'high'"),
        ({"a": []}, r"got shape \(0,\)"),
        ({"a": [[1.0]]}, r"got shape \(1, 1\)"),
        ({"a": [1.0, 1.2], "T": [1.0, 2.0, 3.0]}, "'a' has 2 values, another one 3"),
    ],
)
def test_parameters_that_are_not_accepted_are_named(given, message):
    with pytest.raises(DynsurError, match=message):
        untrained(Driven(), PLAIN).respond(given)


def test_a_simulator_without_a_drive_says_what_to_do():
    surrogate = untrained(Loops(), PLAIN)
    with pytest.raises(DynsurError, match=r"use Surrogate\.predict from Python"):
        surrogate.respond({})
    assert surrogate.respond({}, triangle(1.0, 2.0))["y"].shape == (1, 41)


def test_an_empty_folder_holds_no_model(tmp_path):
    with pytest.raises(DynsurError, match="no trained model"):
        Surrogate.load(tmp_path)


def test_a_missing_parameter_or_series_is_named(store, surrogate):
    scalars, driven, time = _arguments(store)
    with pytest.raises(DynsurError, match="parameter 'T' for each of the 10 systems"):
        surrogate.predict({"a": scalars["a"]}, driven, time)
    with pytest.raises(DynsurError, match="input series 'u'; got none"):
        surrogate.predict(scalars, {}, time)
