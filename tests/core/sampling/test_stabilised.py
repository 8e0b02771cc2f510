"""On a stabilised scale the noise is 1, and readings come back."""

import numpy as np
from dynsur.core.sampling.stabilised import Stabilised

SCALE = Stabilised(0.02, 1e-3)
READINGS = np.array([-2.0, -0.1, -1e-4, 0.0, 1e-4, 0.1, 2.0])


def test_its_slope_is_one_over_the_noise():
    step = 1e-7
    slope = (SCALE.forward(READINGS + step) - SCALE.forward(READINGS - step)) / (2.0 * step)
    np.testing.assert_allclose(slope * SCALE.deviation(READINGS), 1.0, rtol=1e-5)
    np.testing.assert_allclose(SCALE.deviation(READINGS), np.hypot(0.02 * READINGS, 1e-3))


def test_readings_come_back():
    np.testing.assert_allclose(SCALE.inverse(SCALE.forward(READINGS)), READINGS, atol=1e-15)
