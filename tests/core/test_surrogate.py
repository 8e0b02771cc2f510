"""A surrogate predicts in physical units and survives being written and read."""

import json

import numpy as np
import pytest
from dynsur.core import DynsurError
from dynsur.core.host import Host
from dynsur.core.setup import Training
from dynsur.core.surrogate import Surrogate
from dynsur.core.train import train
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
    monkeypatch.setattr("dynsur.core.surrogate.host", lambda: found)


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


def test_an_empty_folder_holds_no_model(tmp_path):
    with pytest.raises(DynsurError, match="no trained model"):
        Surrogate.load(tmp_path)


def test_a_missing_parameter_or_series_is_named(store, surrogate):
    scalars, driven, time = _arguments(store)
    with pytest.raises(DynsurError, match="parameter 'T' for each of the 10 systems"):
        surrogate.predict({"a": scalars["a"]}, driven, time)
    with pytest.raises(DynsurError, match="input series 'u' of shape"):
        surrogate.predict(scalars, {}, time)
