"""The checks find a record that misses the drive, and a solver that steps over it."""

from dataclasses import dataclass

import numpy as np
import pytest
from dynsur.core import (
    Parameter,
    ParameterSpace,
    Status,
    Variable,
    Waveform,
    instants,
    trajectory,
    triangle,
)
from dynsur.core.conformance.drives import records_its_drive, steps_over_nothing
from dynsur.core.conformance.expect import ConformanceError
from dynsur.core.generation.simulate import simulate_rows, simulate_safely
from dynsur.core.registry import host, with_fields

PULSES = Waveform((0.0, 0.401, 0.4011, 0.402, 0.4021, 1.0), (0.0, 0.0, 3.0, 3.0, 0.0, 0.0))


@dataclass(frozen=True)
class Charge:
    """q = ∫u dt of a plugin's own simulator, exactly."""

    waveform: Waveform | None = None
    points: int = 101

    name, description = "charge", "a coil"
    space = ParameterSpace((Parameter("U", 1.0, 2.0, "V"),))
    inputs = (Variable("voltage", "V"),)
    outputs = (Variable("flux", "Wb"),)

    def drive(self, values):
        return self.waveform or triangle(values["U"], 1.0)

    def simulate(self, parameters):
        wave = self.drive(self.space.values(parameters))
        time = self.grid(wave)
        return trajectory(self, time, {"voltage": wave(time), "flux": self.solve(wave, time)})

    def grid(self, wave):
        return instants(wave, self.points)

    def solve(self, wave, time):
        fine = np.union1d(time, wave.times)
        u = wave(fine)
        flux = np.append(0.0, np.cumsum(0.5 * (u[1:] + u[:-1]) * np.diff(fine)))
        return flux[np.searchsorted(fine, time)]


class EquallySpaced(Charge):
    def grid(self, wave):
        return np.linspace(0.0, wave.duration, self.points)


class Coarse(Charge):
    def solve(self, wave, time):
        t = np.linspace(0.0, wave.duration, len(wave.times))  # as many steps, anywhere
        middle = wave(0.5 * (t[1:] + t[:-1]))
        flux = np.append(0.0, np.cumsum(middle * np.diff(t)))
        return np.interp(time, t, flux)


@pytest.mark.parametrize("check", [records_its_drive, steps_over_nothing])
def test_a_simulator_that_holds_its_drive_passes(check):
    check(Charge())


@pytest.mark.parametrize("check", [records_its_drive, steps_over_nothing])
@pytest.mark.parametrize("name", ["vteam", "duffing", "fitzhugh-nagumo", "lorenz", "bouc-wen"])
def test_our_systems_hold_their_drives(name, check):
    check(host().simulator(name))


def test_a_record_at_equal_instants_is_found():
    with pytest.raises(ConformanceError, match="pulses shorter than the recorded interval"):
        records_its_drive(EquallySpaced())


def test_steps_over_the_drive_are_found():
    with pytest.raises(ConformanceError, match="when the waveform is divided into shorter pieces"):
        steps_over_nothing(Coarse())


def test_a_simulation_whose_record_misses_its_drive_fails_with_the_reason():
    data = simulate_safely(EquallySpaced(PULSES), {"U": 1.0})
    assert data["status"].item() == Status.FAILED
    assert "misses the drive" in data["reason"].item()
    kept = simulate_safely(Charge(PULSES), {"U": 1.0})
    assert kept["voltage"].values.max() == 3.0
    rows = simulate_rows(EquallySpaced(PULSES), {"U": np.array([1.0, 2.0])})
    assert rows["status"].tolist() == [Status.FAILED] * 2


def test_a_waveform_of_many_kinks_raises_the_points_of_any_simulator():
    many = triangle(1.0, 0.01, cycles=100)
    assert with_fields(Charge(), {"waveform": many}).points == 2001
    data = with_fields(Charge(points=11), {"waveform": many}).simulate({"U": 1.0})
    assert np.abs(data["voltage"].values).max() == 1.0
    assert data.sizes["time"] == 301
