"""A record of several inputs and outputs is a loop for each output, under all inputs."""

import numpy as np
import pytest
from dynsur.core import DynsurError
from dynsur.core.inference import measured, question, read_loop, read_loops
from dynsur.core.inference.measured_loop import thinned
from dynsur.core.inference.point_fit import fit_point
from dynsur.core.inference.prior import settled_by_drive
from dynsur.core.response import SimulatedResponder, open_responder
from dynsur.plugins.oscillators import LORENZ
from dynsur.plugins.tanks import QUADRUPLE_TANK
from scipy.stats import norm

TRUTH = {"gamma_1": 0.5, "gamma_2": 0.4, "t_s": 200.0}
HEADER = "time (s),pump_1 (V),pump_2 (V),level_1 (cm),level_2 (cm)"


@pytest.fixture(scope="module")
def record():
    system = SimulatedResponder("tanks", QUADRUPLE_TANK)
    own = system.respond(TRUTH)
    drives = {name: rows[:, ::5] for name, rows in own.inputs.items()}
    true = system.along(TRUTH, drives, own.time[:, ::5])
    return np.concatenate([true.time, *true.inputs.values(), *true.outputs.values()])


@pytest.fixture(scope="module")
def path(record, tmp_path_factory):
    file = tmp_path_factory.mktemp("tanks") / "tanks.csv"
    np.savetxt(file, record.T, delimiter=",", header=HEADER, comments="")
    return file


def tanks(**settings):
    return open_responder("quadruple-tank", {"v_0": 3.0, **settings}, system=True)


def test_each_output_that_the_header_names_is_a_loop_under_all_inputs(path, record):
    loops = read_loops(path, QUADRUPLE_TANK)
    assert [loop.quantity for loop in loops] == ["level_1", "level_2"]
    for loop, levels in zip(loops, record[3:], strict=True):
        np.testing.assert_array_equal(loop.drive, record[1:3])
        np.testing.assert_array_equal(loop.output, levels)
        assert loop.used.all()
    only = read_loops(path, QUADRUPLE_TANK, outputs=["level_2"])
    assert [(loop.name, loop.quantity) for loop in only] == [("tanks.csv", "level_2")]
    assert read_loop(path, QUADRUPLE_TANK).quantity == "level_1"


def test_columns_may_name_what_the_header_does_not(record, tmp_path):
    file = tmp_path / "bare.csv"
    np.savetxt(file, record[[0, 2, 1, 4]].T, delimiter=",", header="a,b,c,d", comments="")
    (loop,) = read_loops(file, QUADRUPLE_TANK, "time=a,pump_1=c,pump_2=b,level_2=d")
    assert loop.quantity == "level_2"
    np.testing.assert_array_equal(loop.drive, record[1:3])


def test_thinning_keeps_the_turning_points_of_each_input(record):
    time = record[0]
    corners = [time[[0, 7, 30, 62, -1]], time[[0, 18, 43, 81, -1]]]
    drives = np.stack([np.interp(time, places, [0, 1, -1, 1, 0]) for places in corners])
    fewer = thinned(measured("tanks", time, drives, record[3], "level_1"), 20)
    assert fewer.time.size < 30
    for kept, drive in zip(fewer.drives, drives, strict=True):
        np.testing.assert_allclose(np.interp(time, fewer.time, kept), drive, atol=1e-12)


def test_what_the_start_depends_on_is_not_settled_by_the_drive(record):
    settled = settled_by_drive(QUADRUPLE_TANK, record[0], record[1:3])
    assert settled.keys() == {"step_1", "step_2", "t_s"}


def test_outputs_of_one_record_add_up_and_are_asked_for_once(path, monkeypatch):
    asked = []
    along = SimulatedResponder.along
    monkeypatch.setattr(
        SimulatedResponder, "along", lambda *given, **k: asked.append(1) or along(*given, **k)
    )
    loops = read_loops(path, QUADRUPLE_TANK)
    noise = {"relative": 0.0, "absolute.level_1": 0.1, "absolute.level_2": 0.3}
    likelihood = question(tanks(), loops, noise)
    values = {"gamma_1": np.array([0.5, 0.6]), "gamma_2": np.array([0.4, 0.5])}
    asked.clear()
    found = likelihood.of_values(values)
    assert len(asked) == 1
    expected = np.zeros(2)
    for loop, spread in zip(loops, (0.1, 0.3), strict=True):
        series = {f"pump_{k + 1}": drive for k, drive in enumerate(loop.drive)}
        model = tanks().along(values, series, loop.time).outputs[loop.quantity]
        expected += norm.logpdf(loop.output, model, spread).sum(axis=1)
    np.testing.assert_allclose(found, expected, rtol=1e-9)


def test_noise_that_is_not_known_is_that_of_each_output(path):
    likelihood = question(tanks(), read_loops(path, QUADRUPLE_TANK), {"relative": 0.0}, ["offset"])
    more = likelihood.prior.names[likelihood.prior.system :]
    assert more == [f"{kind}_level_{k}" for kind in ("offset", "noise_absolute") for k in (1, 2)]
    assert [likelihood.prior.names[i] for i in likelihood.prior.readings[-2:]] == more[:2]


def test_two_levels_tell_both_valves(path):
    likelihood = question(tanks(), read_loops(path, QUADRUPLE_TANK), {"relative": 0.01})
    point = fit_point(likelihood, seed=0)
    values = likelihood.prior.values(point.z[None])
    assert values["gamma_1"][0] == pytest.approx(0.5, rel=1e-3)
    assert values["gamma_2"][0] == pytest.approx(0.4, rel=1e-3)


def test_what_cannot_be_fitted_is_said(path, record):
    loops = read_loops(path, QUADRUPLE_TANK)
    with pytest.raises(DynsurError, match="'series-resistance' needs a system with one input"):
        question(tanks(), loops, {}, ["series-resistance"])
    with pytest.raises(DynsurError, match=r"absolute\.level_1=VALUE, not negative; got absolute.x"):
        question(tanks(), loops, {"absolute.x": 1.0})
    with pytest.raises(DynsurError, match="unknown output 'level_3'"):
        read_loops(path, QUADRUPLE_TANK, outputs=["level_3"])
    with pytest.raises(DynsurError, match="'lorenz' has no input"):
        read_loops(path, LORENZ)
    still = measured("still", record[0], np.ones((2, record.shape[1])), record[3], "level_1")
    with pytest.raises(DynsurError, match="pump_1 and pump_2 of 'still' is 1 and 1 throughout"):
        question(tanks(), [still])
    one = measured("one", record[0], record[1], record[3], "level_1")
    with pytest.raises(DynsurError, match=r"'one' has 1 drives; .* has 2 inputs"):
        question(tanks(), [one])
