"""Scales are invertible."""

import numpy as np
import pytest
from dynsur.core import Encoding, Scale


@pytest.mark.parametrize("kind", ["linear", "log", "asinh"])
def test_scale_round_trip_and_range(kind):
    values = np.logspace(-17, 0, 200)
    scale = Scale.fit("current", values, kind, threshold=1e-15)
    encoded = scale.forward(values)
    assert encoded.min() == pytest.approx(0.0)
    assert encoded.max() == pytest.approx(1.0)
    np.testing.assert_allclose(scale.inverse(encoded), values, rtol=1e-9, atol=1e-17)


def test_asinh_keeps_signs():
    scale = Scale("current", "asinh", threshold=1e-15)
    np.testing.assert_allclose(scale.forward(-1e-6), -scale.forward(1e-6))


def test_encoding_survives_json():
    encoding = Encoding((Scale("voltage"),), (Scale("a", "log"),), (Scale("current", "asinh"),))
    assert Encoding.from_json(encoding.to_json()) == encoding
