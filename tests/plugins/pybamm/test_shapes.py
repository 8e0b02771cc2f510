"""Currents sampled in a store become shapes that the samples of an experiment share."""

import numpy as np
import pytest
from dynsur.core import Waveform, sine
from dynsur.core.systems import driven
from dynsur.plugins.pybamm import Battery
from dynsur.plugins.pybamm.shapes import shape_of


def test_the_cells_of_an_experiment_share_one_shape():
    battery = Battery()
    time, series = driven(battery, battery.space.sample(0, 0, 50))
    shapes = [shape_of(t, u)[0] for t, u in zip(time, series["current"], strict=True)]
    assert len(set(shapes)) == 1
    assert len(shapes[0].times) == 21  # five pulses of four pieces


@pytest.mark.parametrize(
    "wave",
    [
        Battery().drive({"rate": 1.7}),
        Waveform((0.0, 10.0, 7200.0), (0.0, -5.0, -5.0)),
        sine(2.0, 100.0, cycles=2),
        Waveform((0.0, 1.0, 1.0 + 1e-8, 5.0), (0.0, 0.0, 2.0, 2.0)),
        Waveform((0.0, 100.0), (0.0, 0.0)),
    ],
    ids=["pulses", "charge", "sine", "jump", "rest"],
)
def test_a_shape_scaled_is_the_current(wave):
    time = wave.grid(501)
    shape, duration, height = shape_of(time, wave(time))
    assert shape.times[-1] == 1.0
    assert max(np.abs(shape.values)) in (0.0, 1.0)
    off = np.abs(height * shape(time / duration) - wave(time)).max()
    assert off <= 5e-3 * np.abs(wave.values).max()
