import numpy as np
import pytest
import torch
from dynsur.core import DynsurError, configure, host
from dynsur.core.evaluation.free_run import free_runs
from dynsur.core.recordings import import_files
from dynsur.core.registry import simulator_of
from dynsur.core.store.samples import open_store
from dynsur.core.surrogate.surrogate import Surrogate
from dynsur.core.training import train
from dynsur.core.workflow import evaluate_alone, train_alone


class Silent:
    def stage(self, text):
        pass

    def trained(self, row, epochs):
        pass


POINTS, STEP = 900, 0.1


@pytest.fixture(scope="module")
def trained(tmp_path_factory):
    """A short record of a first-order lag, its store and a model trained on it."""
    folder = tmp_path_factory.mktemp("lag")
    stream, y = np.random.default_rng(0), 0.0
    u = np.repeat(stream.uniform(-1, 1, POINTS // 6), 6)
    rows = []
    for k, drive in enumerate(u):
        rows.append(f"{k * STEP:.1f},{drive:.17g},{y:.17g}")
        y += 0.15 * (np.tanh(2 * drive) - y)
    (folder / "lag.csv").write_text("time (s),force (N),x (m)\n" + "\n".join(rows))
    store = folder / "lag.zarr"
    import_files([folder / "lag.csv"], store, inputs=["force"], outputs=["x"])
    settings = {
        "dataset.window": 120, "dataset.washout": 20, "dataset.train": "0:600",
        "dataset.test": "600:750,750:900", "model.states": 2, "model.width": 6,
        "training.epochs": 100, "training.threads": 1,
    }  # fmt: skip
    data = open_store(store)
    setup = configure(host(), "lag", settings, 1, 0, simulator_of(data.attrs))
    train_alone(setup, store, folder / "model", Silent())
    return folder, setup, store


def test_a_model_of_one_record_is_judged_beyond_the_washout_of_each_piece(trained):
    folder, setup, store = trained
    metrics = evaluate_alone(folder / "model", store, folder / "out", Silent())
    assert metrics["washout"] == 20
    assert [piece["start"] for piece in metrics["pieces"]] == [600, 750]
    found = metrics["model"]["x"]["rmse"]
    assert found["units"] == "m"
    assert found["all"] < 0.4 * metrics["baselines"]["training mean"]["x"]["rmse"]["all"]
    truth = open_store(store)["x"].values[0]
    data = open_store(store).load()
    pieces = setup.dataset.prepare(data, setup.simulator, 0).sequences.test
    runs = free_runs(Surrogate.load(folder / "model"), data, pieces)
    for run, value in zip(runs, found["each"], strict=True):
        judged = slice(run.piece.start + 20, run.piece.stop)
        off = run.middle["x"][20:] - truth[judged]
        assert np.sqrt((off**2).mean()) == pytest.approx(value, rel=1e-9)


def test_a_free_run_sees_no_output_beyond_the_washout(trained):
    folder, setup, store = trained
    surrogate, data = Surrogate.load(folder / "model"), open_store(store).load()
    pieces = setup.dataset.prepare(data, setup.simulator, 0).sequences.test
    before = free_runs(surrogate, data, pieces)
    changed = data.copy(deep=True)
    changed["x"][0, 620:750] = 7.0
    after = free_runs(surrogate, changed, pieces)
    np.testing.assert_array_equal(before[0].middle["x"], after[0].middle["x"])
    changed["x"][0, 600:620] = 0.9
    moved = free_runs(surrogate, changed, pieces)
    assert not np.allclose(before[0].middle["x"], moved[0].middle["x"])


def test_a_longer_record_begins_with_the_response_to_a_shorter_one(trained):
    folder, *_ = trained
    surrogate = Surrogate.load(folder / "model")
    u = np.random.default_rng(1).uniform(-1, 1, 400)
    t = STEP * np.arange(400)
    long = surrogate.predict({}, {"force": u}, t)["x"]
    short = surrogate.predict({}, {"force": u[:90]}, t[:90])["x"]
    np.testing.assert_allclose(long[:90], short, atol=1e-6)


def test_a_model_that_sees_a_whole_sweep_is_refused(trained, tmp_path):
    _, setup, store = trained
    data = setup.dataset.prepare(open_store(store), setup.simulator, 0)

    class Whole:
        name = "whole"

        def build(self, series, parameters, outputs):
            class Mean(torch.nn.Module):
                def forward(self, s, p):
                    return s.mean(dim=1, keepdim=True).expand(-1, s.shape[1], -1)

            return Mean()

    with pytest.raises(DynsurError, match="sees the whole of a sequence"):
        train(Whole(), setup.loss, data, setup.training, seed=0, folder=tmp_path)
