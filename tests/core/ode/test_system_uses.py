"""What systems without an input, hidden parameters and metrics of their own mean further on."""

import dataclasses

import numpy as np
import pytest
import xarray as xr
from driven import untrained
from dynsur.core import DynsurError, Encoding, Parameter, Scale, Variable, rest, triangle
from dynsur.core.evaluation.evaluate import evaluate
from dynsur.core.evaluation.system_metrics import spread
from dynsur.core.generation.simulate import simulate_rows
from dynsur.core.registry.identity import configuration
from dynsur.core.reporting.plots import plot_trajectory
from dynsur.core.systems.drive import driven
from dynsur.core.systems.signals import Smooth
from dynsur.datasets.decades import Decades
from odes import columns, space, system

HALF_LIFE = Variable("half_life", "s", "time to half of the start")


def half_life(predicted, simulated, time):
    return {HALF_LIFE: np.abs(predicted["y"] - simulated["y"]).max(axis=1)}


DECAY = system(
    lambda t, y, u, p: -p["rate"] * y,
    drive=lambda p: rest(2.0),
    space=space(rate=(0.5, 2.0), size=(1.0, 3.0)),
    start=lambda p: (p["size"],),
    inputs=(),
    points=21,
    metrics=half_life,
)
PLAIN = Encoding((Scale("phase"),), (Scale("rate"), Scale("size")), (Scale("y"),))


def store(simulator, samples=20):
    given = columns(simulator, samples)
    rows = simulate_rows(simulator, given)
    names = ["time", *(v.name for v in (*simulator.inputs, *simulator.outputs))]
    return xr.Dataset(
        {
            **{n: (("sample", "time"), rows[n]) for n in names},
            **{n: ("sample", c) for n, c in given.items()},
            "status": ("sample", rows["status"]),
        }
    )


def test_without_an_input_the_phase_is_what_a_model_sees():
    data = Decades(kept=1.0).prepare(store(DECAY), DECAY, 0)
    assert [scale.name for scale in data.encoding.series] == ["phase"]
    time, series = driven(DECAY, columns(DECAY, 3))
    assert (time.shape, series) == ((3, 21), {})


def test_without_an_input_a_surrogate_responds_and_takes_no_waveform():
    surrogate = untrained(DECAY, PLAIN)
    found = surrogate.respond({"rate": [0.5, 1.0]})
    assert found["y"].shape == (2, 21)
    with pytest.raises(DynsurError, match="no input"):
        surrogate.respond({}, triangle(1.0, 2.0))
    with pytest.raises(DynsurError, match="no waveform"):
        dataclasses.replace(DECAY, waveform=triangle(1.0, 2.0))


def test_without_an_input_a_trajectory_is_drawn_over_time(tmp_path):
    plot_trajectory(DECAY.simulate({}), tmp_path / "decay.png")
    assert (tmp_path / "decay.png").stat().st_size > 1000


def test_a_system_judges_in_its_own_terms():
    held = store(DECAY)
    data = Decades(kept=1.0).prepare(held, DECAY, 0)
    surrogate = untrained(DECAY, data.encoding, points=21)
    surrogate = dataclasses.replace(surrogate, phases=data.time_index / 20)
    summary, predictions = evaluate(surrogate, data, held)
    found = predictions["half_life"]
    apart = np.abs(predictions["y_predicted"] - predictions["y"]).max("time")
    np.testing.assert_array_equal(found, apart)
    assert (found.attrs["units"], found.attrs["role"]) == ("s", "own metric")
    assert summary["model"]["test"]["half_life"] == spread(found.values)
    assert summary["baselines"].keys() == {"training mean", "nearest neighbour"}
    for baseline in summary["baselines"].values():
        assert baseline["test"]["half_life"]["n"] == data.test.sample.size


def test_a_hidden_parameter_is_sampled_and_drives_but_models_do_not_see_it():
    number = Parameter("number", 0.0, 100.0, "1", seen=False)
    hidden = dataclasses.replace(
        DECAY, space=dataclasses.replace(DECAY.space, parameters=(*DECAY.space, number))
    )
    held = store(hidden)
    assert np.ptp(held["number"].values) > 50
    data = Decades(kept=1.0).prepare(held, hidden, 0)
    assert [scale.name for scale in data.encoding.parameters] == ["rate", "size"]
    surrogate = untrained(hidden, PLAIN)
    seen = {"rate": np.ones(1), "size": np.ones(1)}
    assert surrogate.predict(seen, {}, np.linspace(0, 2, 21)[None])["y"].shape == (1, 21)


def test_all_of_a_smooth_drive_counts_for_what_a_store_holds():
    def told(change):
        values = np.zeros(5000)
        values[2500] = change
        driving = system(lambda t, y, u, p: [u], waveform=Smooth(values, 0.1))
        return configuration(driving)

    assert told(0.0) == told(0.0) != told(1e-9)
