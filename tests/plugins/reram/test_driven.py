"""The device under random drives: what the drives are, and that a model learns them."""

import dataclasses

import dynsur
import numpy as np
import pytest
from dynsur.core import DynsurError, Surrogate
from dynsur.core.conformance import SIMULATOR_CHECKS
from dynsur.core.registry import configure, host
from dynsur.plugins.reram import TMDC, ReRAM, ReRAMDriven
from dynsur.plugins.reram.drives import KINDS, random_drive

SHORT = ReRAMDriven(points=21)


def _long(check):
    """Mark the check that simulates and trains from end to end as slow: it takes half a minute."""
    slow = [pytest.mark.slow] if check.__name__ == "runs_end_to_end" else []
    return pytest.param(check, marks=slow, id=check.__name__)


@pytest.mark.parametrize("check", [_long(check) for check in SIMULATOR_CHECKS])
def test_it_keeps_the_promises_of_a_simulator(check):
    check(SHORT)


@pytest.mark.parametrize("number", range(200, 220))
def test_drives_end_on_time_and_bend_on_the_clock_within_the_amplitude(number):
    drive = random_drive(4.0, number, 150, 0.2)
    times, volts = np.array(drive.times), np.array(drive.values)
    assert drive.duration == pytest.approx(30.0, abs=1e-9)
    assert np.abs(times / 0.2 - np.rint(times / 0.2)).max() < 1e-9
    assert np.abs(volts).max() <= 4.0
    assert volts[0] == 0.0
    assert np.abs(volts).max() > 0.1
    assert drive == random_drive(4.0, number, 150, 0.2)
    assert drive != random_drive(4.0, number + len(KINDS), 150, 0.2)


@pytest.mark.parametrize("number", range(5))
def test_a_longer_drive_begins_as_the_shorter_one(number):
    short, long = (random_drive(4.0, number, steps, 0.2) for steps in (50, 500))
    t = 0.2 * np.arange(51)
    np.testing.assert_allclose(short(t), long(t), atol=1e-9)


def test_triangles_are_symmetric():
    drive = random_drive(1.0, 3, 400, 0.1)
    inner = np.array(drive.values[1:-1])
    np.testing.assert_allclose(inner[1:], -inner[:-1])
    assert np.ptp(np.diff(drive.times[1:-1])) < 1e-9


def test_a_record_is_the_device_s_answer_to_its_drive():
    given = {"realisation": 11.0, "U_max": 5.0}
    data = SHORT.simulate(given)
    drive = random_drive(5.0, 11, 20, 0.2)
    np.testing.assert_allclose(data["time"], 0.2 * np.arange(21))
    np.testing.assert_allclose(data["voltage"], drive(data["time"].values), atol=1e-12)
    alone = ReRAM(waveform=drive, points=21).simulate({})
    np.testing.assert_array_equal(data["current"], alone["current"])


def test_models_see_neither_the_number_of_the_drive_nor_its_amplitude():
    one = configure(host(), "reram-drive").simulator.space
    assert all(p.is_fixed for p in one.telling)
    box = {name: span for name, span in TMDC.items() if name not in ("U_max", "t_p")}
    assert {p.name for p in configure(host(), "reram-drive", box).simulator.space.telling} == {
        *box
    } - {"chi_e"}


@pytest.mark.parametrize("wrong", [{"step": 0.0}, {"step": np.nan}, {"cycles": 2}])
def test_drives_that_make_no_sense_are_refused(wrong):
    with pytest.raises(DynsurError, match=r"simulator\.(step|cycles)"):
        ReRAMDriven(**wrong)


def test_a_model_learns_records_and_answers_longer_ones(tmp_path):
    settings = {
        "simulator.points": 41,
        "model.states": 3,
        "model.width": 6,
        "model.output_width": 6,
        "model.members": 1,
        "training.epochs": 15,
    }
    dynsur.run("reram-drive", tmp_path / "run", samples=40, settings=settings, workers=1)
    model = Surrogate.load(tmp_path / "run")
    longer = ReRAMDriven(points=161).simulate({"realisation": 0.0, "U_max": 6.0})
    time, u = longer["time"].values, longer["voltage"].values
    true = longer["current"].values
    found = model.predict({}, {"voltage": u}, time)["current"]
    assert np.sqrt(np.mean((found - true) ** 2)) < 0.1 * np.ptp(true)


def test_devices_around_the_literature_are_learnt_on_their_coarse_solve(tmp_path):
    settings = {"simulator.points": 41, "model.width": 8, "training.epochs": 8}
    dynsur.run("reram-drive-tmdc", tmp_path / "run", samples=24, settings=settings, workers=1)
    model = Surrogate.load(tmp_path / "run")
    given = {"realisation": 900.0, "U_max": 6.0, "E_g": 1.2, "L": 1.1, "mu_x": 1e-13}
    device = {
        name: np.array([value]) for name, value in model.simulator.space.values(given).items()
    }
    longer = dataclasses.replace(model.simulator, points=161).simulate(given)
    true = longer["current"].values
    found = model.predict(device, {"voltage": longer["voltage"].values}, longer["time"].values)
    assert np.sqrt(np.mean((found["current"] - true) ** 2)) < 0.03 * np.ptp(true)
