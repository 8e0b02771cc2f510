"""ODE systems agree with solutions in closed form; what diverges is a value, not an exception."""

import numpy as np
import pytest
from dynsur.core import (
    ODESystem,
    Parameter,
    ParameterSpace,
    Status,
    Variable,
    Waveform,
    triangle,
)

SPACE = ParameterSpace((Parameter("rate", 0.5, 2.0, "1/s"),))
DRIVE = (Variable("u", "1", "drive"),)
RESPONSE = (Variable("y", "1", "response"),)


def system(rhs, drive, **changes):
    return ODESystem(
        name="test",
        description="",
        space=SPACE,
        inputs=DRIVE,
        outputs=RESPONSE,
        rhs=rhs,
        drive=drive,
        start=lambda p: (1.0,),
        **changes,
    )


def test_an_exponential_decay():
    decay = system(lambda t, y, u, p: -p["rate"] * y, lambda p: triangle(1.0, 4.0))
    data = decay.simulate({"rate": 0.7})
    np.testing.assert_allclose(data["y"], np.exp(-0.7 * data["time"]), rtol=1e-6)


@pytest.mark.parametrize("points", [2, 3, 17, 500])
def test_the_integral_of_the_drive_at_any_sampling(points):
    wave = Waveform((0.0, 0.3, 1.0), (0.0, 3.0, -1.0))
    integral = system(lambda t, y, u, p: [u], lambda p: wave, points=points)
    data = integral.simulate({})
    fine = np.linspace(0.0, 1.0, 100_001)
    area = np.concatenate(
        [[0.0], np.cumsum(np.diff(fine) * (wave(fine)[1:] + wave(fine)[:-1]) / 2)]
    )
    np.testing.assert_allclose(data["y"], 1.0 + np.interp(data["time"], fine, area), atol=1e-6)
    np.testing.assert_array_equal(data["u"], wave(data["time"].values))


def test_observed_outputs_see_state_drive_and_parameters():
    conductor = system(
        lambda t, y, u, p: [0.0],
        lambda p: triangle(2.0, 1.0),
        observe=lambda y, u, p: [p["rate"] * y[0] * u],
    )
    data = conductor.simulate({"rate": 0.5})
    np.testing.assert_allclose(data["y"], 0.5 * data["u"])


def test_a_solution_that_blows_up_fails_with_a_reason():
    explosion = system(lambda t, y, u, p: y**2, lambda p: triangle(1.0, 4.0), evaluations=3000)
    data = explosion.simulate({})  # 1 / (1 − t)
    assert data["status"] == Status.FAILED
    assert data["reason"].item()
    assert np.isnan(data["y"]).all()
