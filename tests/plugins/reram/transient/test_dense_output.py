"""The output's time grid keeps the currents of the steps, and their jumps at the kinks."""

import numpy as np
from dynsur.core import Waveform
from dynsur.plugins.reram.transient.dense_output import resample
from dynsur.plugins.reram.transient.record import STEPS, allocate_record


def test_lines_between_kinks_and_the_jump_at_a_kink_are_kept():
    waveform = Waveform((0.0, 1.0, 3.0), (0.0, 1.0, 0.0))
    record = allocate_record(40, 0, 2)
    # As after a kink in a simulation, the first steps are tiny.
    steps = [np.append(1e-9, np.linspace(0.05, 1.0, 13)), np.append(1.0 + 1e-9, [1.4, 2.0, 3.0])]
    t = np.concatenate([[0.0], *steps])
    record.time[: t.size] = t
    record.segment[: t.size] = t > 1.0
    record.current[: t.size] = np.where(t <= 1.0, 2.0 + t, -t)
    record.counts[STEPS] = t.size - 1
    grid = waveform.grid(301)
    expected = np.where(grid <= 1.0, 2.0 + grid, -grid)
    expected[0] = 0.0  # equilibrium
    np.testing.assert_allclose(resample(record, waveform, grid), expected, atol=1e-7)
