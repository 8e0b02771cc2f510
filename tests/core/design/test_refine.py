"""A refinement adds simulations near the front, and goes on where it was interrupted."""

import contextlib

import numpy as np
import pytest
import xarray as xr
from dynsur.core import DynsurError, Parameter, ParameterSpace, Status
from dynsur.core.design import Candidates, read_goals, refine
from dynsur.core.design.near_front import NearFront
from dynsur.core.design.refine import _on_nearly_all
from dynsur.core.generation import connect
from dynsur.core.registry import configure
from dynsur.core.registry.host import host
from dynsur.core.workflow import run
from dynsur.datasets.splits import draw

SPACE = ParameterSpace(
    (Parameter("a", 1.0, 100.0, "1", scale="log"), Parameter("b", 0.0, 4.0, "1"),
     Parameter("c", 0.0, 1.0, "1")),
)  # fmt: skip


class Quiet:
    def __init__(self):
        self.said = []

    def stage(self, text):
        self.said.append(text)

    def simulated(self, progress):
        pass

    def trained(self, row, epochs):
        pass


def front(**columns):
    data = {name: ("point", values) for name, values in columns.items()}
    return xr.Dataset(data, attrs={"varied": ["a", "b"]})


def test_samples_near_a_front_begin_with_it_and_stay_close():
    near = NearFront.around(SPACE, front(a=[1.0, 10.0], b=[4.0, 2.0], c=[0.25, 0.25]))
    found = near.sample(5, 0, 1000)
    np.testing.assert_allclose(found["a"][:2], [1.0, 10.0])
    np.testing.assert_allclose(found["b"][:2], [4.0, 2.0])
    assert (found["c"] == 0.25).all()
    assert found["a"].min() >= 1.0  # the range holds, also at its corner
    assert found["b"].max() <= 4.0
    assert np.std(found["b"][3::2]) == pytest.approx(0.05 * 4.0, rel=0.1)
    part = near.sample(5, 400, 100)
    np.testing.assert_array_equal(part["a"], found["a"][400:500])
    assert not np.array_equal(near.sample(6, 2, 10)["b"], found["b"][2:12])


@pytest.fixture(scope="module")
def trained(tmp_path_factory):
    folder = tmp_path_factory.mktemp("refine") / "run"
    settings = {"period": 10, "training.threads": 1, "training.epochs": 1, "model.width": 8}
    setup = configure(host(), "duffing", settings, 32, 0)
    run(setup, folder, lambda: connect(None, 1), Quiet())
    return folder


def ask(responder):
    goals = read_goals(responder, ["displacement_peak"], ["force"])
    return Candidates(responder, goals)


def test_a_refinement_learns_from_nearly_all_simulations_unless_shares_were_set():
    status = np.full(400, Status.OK)
    for settings, learnt in (({}, 349), ({"dataset.train_share": 0.5}, 180)):
        usual = configure(host(), "reram-tmdc", settings, 400, 3)
        setup = _on_nearly_all(usual)
        shares = (setup.dataset.train_share, setup.dataset.validation_share)
        parts = draw(status, 51, 3, kept=1.0, train_share=shares[0], validation_share=shares[1])
        assert parts.train.size == learnt
        assert (setup.samples, setup.seed, setup.model) == (usual.samples, usual.seed, usual.model)
        again = configure(host(), setup.experiment, setup.settings, 400, 3)
        assert again.dataset == setup.dataset  # what is said of a model gives its split again


OPTIONS = {"rounds": 1, "near": 8, "population": 8, "generations": 3, "points": 4}


@pytest.mark.slow
def test_a_refinement_goes_on_where_it_stopped(trained, tmp_path, monkeypatch):
    pool = lambda: connect(None, 1)  # noqa: E731
    stopped, folder = Quiet(), tmp_path / "out"
    module = __import__("dynsur.core.design.refine", fromlist=["train_into"])
    with monkeypatch.context() as patched:
        patched.setattr(module, "train_into", interrupt)
        with pytest.raises(KeyboardInterrupt):
            refine(trained, folder, ask, {}, pool, stopped, **OPTIONS)
    display = Quiet()
    found = refine(trained, folder, ask, {}, pool, display, **OPTIONS)
    assert "front of round 0: up to date, skipped" in display.said
    assert found.rounds == 1
    assert len(found.deviations) == 2
    assert (folder / "round-0" / "model" / "model.json").exists()
    again = Quiet()
    same = refine(trained, folder, ask, {}, lambda: contextlib.nullcontext(), again, **OPTIONS)
    xr.testing.assert_identical(same.front, found.front)
    assert [text for text in again.said if "skipped" not in text] == []
    with pytest.raises(DynsurError, match=r"refines with another near \(8, now 24\)"):
        refine(trained, folder, ask, {}, pool, display, **OPTIONS | {"near": 24})
    (tmp_path / "other").mkdir()
    (tmp_path / "other" / "thesis.txt").write_text("x")
    with pytest.raises(DynsurError, match="exists and is no refinement; nothing was changed"):
        refine(trained, tmp_path / "other", ask, {}, pool, display, **OPTIONS)


def interrupt(*_, **__):
    raise KeyboardInterrupt


def test_a_run_without_simulations_is_one_line(tmp_path):
    with pytest.raises(DynsurError, match=r"holds no simulations to add to; --refine needs"):
        refine(tmp_path / "run", tmp_path / "out", ask, {}, connect, Quiet(), **OPTIONS)
    assert not (tmp_path / "out").exists()
