"""The coarse solve is close to the solver, along any drive, and says where it has no result."""

import subprocess
import sys

import numpy as np
import pytest
from dynsur.core import DynsurError, configure, host
from dynsur.core.evaluation.metrics import log_error, loop_area_error, nrmse
from dynsur.core.systems.drive import driven
from dynsur.plugins.reram import TABLE_1, ReRAM

COUNT = 24


@pytest.fixture(scope="module")
def devices():
    columns = TABLE_1.sample(seed=77, start=0, count=COUNT)
    rows = [{name: float(c[i]) for name, c in columns.items()} for i in range(COUNT)]
    solved = [ReRAM(tolerance=0.05).simulate(row) for row in rows]
    time, voltage, current = (
        np.stack([data[name].values for data in solved]) for name in ("time", "voltage", "current")
    )
    return columns, time, voltage, current


def test_typical_errors_are_within_a_hundredth(devices):
    columns, time, voltage, current = devices
    found = ReRAM().coarse(columns, {"voltage": voltage}, time, time)
    assert (found["reason"] == "").all()
    above = np.abs(current).max(axis=1) > 1e-15
    coarse, true = found["current"][above], current[above]
    assert np.nanmedian(log_error(coarse, true, 1e-15)) < 0.015
    assert np.nanmedian(nrmse(coarse, true)) < 0.015
    assert np.nanmedian(loop_area_error(coarse, true, voltage[above])) < 0.1


ALONE = """
import torch
torch.set_num_threads(1)
torch.ones(10**6).add_(1)  # torch starts its threads
import numpy as np
from dynsur.plugins.reram import TABLE_1, ReRAM
columns, time = TABLE_1.sample(seed=0, start=0, count=2), np.tile(np.linspace(0.0, 1.0, 9), (2, 1))
ReRAM().coarse(columns, {"voltage": np.sin(2.0 * np.pi * time)}, time, time)
print(torch.get_num_threads())
"""


def test_a_coarse_solve_leaves_the_threads_of_torch_alone():
    done = subprocess.run([sys.executable, "-c", ALONE], capture_output=True, text=True, check=True)
    assert done.stdout.strip() == "1"


def test_devices_of_the_literature_have_a_coarse_solve():
    """Where vacancies move far a coarse solve takes many steps; of 128 devices 9 had none."""
    simulator = configure(host(), "reram-tmdc").simulator
    columns = simulator.space.sample(seed=3, start=0, count=36)
    chosen = [5, 9, 35, *range(5)]
    few = {name: column[chosen] for name, column in columns.items()}
    time, series = driven(simulator, few)
    found = simulator.coarse(few, series, time, time)
    assert (found["reason"] == "").all()
    assert np.isfinite(found["current"]).all()


def test_the_current_is_wanted_at_instants_in_any_order(devices):
    columns, time, voltage, _ = devices
    backwards = time[:, ::-7]
    found = ReRAM().coarse(columns, {"voltage": voltage}, time, backwards)["current"]
    all_of_them = ReRAM().coarse(columns, {"voltage": voltage}, time, time)["current"]
    assert np.array_equal(found, all_of_them[:, ::-7])


def test_a_device_that_no_solve_manages_is_missing_with_its_reason(devices, monkeypatch):
    from dynsur.plugins.reram import coarse

    hopeless = [(mesh, limits._replace(solves=3)) for mesh, limits in coarse.ATTEMPTS]
    monkeypatch.setattr(coarse, "ATTEMPTS", hopeless)
    columns, time, voltage, _ = devices
    few = {name: column[:2] for name, column in columns.items()}
    found = ReRAM(solves=1).coarse(few, {"voltage": voltage[:2]}, time[:2], time[:2])
    assert np.isnan(found["current"]).all()
    assert all("linear solves" in reason for reason in found["reason"])


def test_ohmic_contacts_and_boltzmann_statistics_are_those_of_the_solver():
    device = TABLE_1.values({})
    columns = {name: np.array([value]) for name, value in device.items()}
    for settings in ({"contacts": "ohmic"}, {"statistics": "boltzmann"}):
        system = ReRAM(tolerance=0.05, **settings)
        data = system.simulate(device)
        time, voltage = data["time"].values[None], data["voltage"].values[None]
        found = system.coarse(columns, {"voltage": voltage}, time, time)
        assert nrmse(found["current"], data["current"].values[None])[0] < 0.05, settings


def test_a_base_of_a_tolerance_is_that_solution(devices):
    columns, time, voltage, _ = devices
    few = {name: column[:8] for name, column in columns.items()}
    given = few, {"voltage": voltage[:8]}, time[:8], time[:8]
    found = ReRAM(base_tolerance=0.2).coarse(*given)
    true = ReRAM(tolerance=0.2).simulate_batch(few)["current"]
    peak = np.abs(true).max(axis=1, keepdims=True)
    assert (np.abs(found["current"] - true) <= 1e-3 * peak).all()  # the kinks are rounded
    with pytest.raises(DynsurError, match="base_tolerance"):
        ReRAM(base_tolerance=0.7)


def test_what_fails_does_not_depend_on_how_many_fail_with_it(devices, monkeypatch):
    """A store of coarse solves is verified in other batches than it was made in."""
    from dynsur.plugins.reram import coarse

    hopeless = [(mesh, limits._replace(solves=3)) for mesh, limits in coarse.ATTEMPTS]
    monkeypatch.setattr(coarse, "ATTEMPTS", hopeless)
    columns, time, voltage, _ = devices
    found = []
    for count in (2, 5):
        few = {name: column[:count] for name, column in columns.items()}
        given = few, {"voltage": voltage[:count]}, time[:count], time[:count]
        found.append(ReRAM().coarse(*given)["current"][:2])
    assert np.isfinite(found[0]).any()
    np.testing.assert_array_equal(*found)


@pytest.mark.parametrize("tolerance", [0.0, 0.3])
def test_a_device_alone_has_the_current_that_it_has_among_others(devices, tolerance):
    columns, time, voltage, _ = devices
    simulator = ReRAM(base_tolerance=tolerance)
    found = []
    for count in (1, 2, 11):
        few = {name: column[:count] for name, column in columns.items()}
        given = few, {"voltage": voltage[:count]}, time[:count], time[:count]
        found.append(simulator.coarse(*given)["current"][0])
    np.testing.assert_array_equal(found[0], found[1])
    np.testing.assert_array_equal(found[0], found[2])
