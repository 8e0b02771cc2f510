"""Between trained phases a prediction stays as near to its neighbours as the base does."""

import numpy as np
import pytest
from dynsur.core import ParameterSpace, Variable
from dynsur.core.encoding import Departure, Encoding, Scale
from dynsur.core.surrogate.inputs import Conditions, Seen, network_inputs
from dynsur.core.surrogate.network import decoder

Y = Scale("y", "asinh", offset=-10.0, span=20.0, threshold=1e-12)
ENCODING = Encoding((), (), (Y,), (Departure(0.1, 1.0, -30.0, 30.0),))
PHASES = np.array([0.0, 0.5, 1.0])
TIME = np.linspace(0.0, 1.0, 101)[None]


def decoded(departures, base):
    """Decode departures at the trained phases from a base that is a function of the phase."""
    encoded = np.arcsinh(np.array(departures) / 0.1)[None, :, None] * 0.1
    seen = Seen({"phase": PHASES[None], "y": base(PHASES)[None]}, {}, {"y": base(TIME)})
    given = Conditions({}, {}, TIME, None)
    return decoder(ENCODING, PHASES, seen, given)(encoded)["y"][0]


def test_a_departure_by_decades_is_not_carried_across_a_zero_of_the_base():
    """At 0.5 the base has the wrong sign by a hair, and the departure there is eight decades."""

    def base(phase):
        return 1e-4 * (0.5001 - phase)

    y = decoded([0.0, -8.0, 0.0], base)
    ends = [y[0], y[50], y[100]]
    assert np.abs(y).max() <= max(np.abs(ends)) * (1 + 1e-9)
    for left, right, part in ((y[0], y[50], y[:51]), (y[50], y[100], y[50:])):
        assert part.min() >= min(left, right) - 1e-12
        assert part.max() <= max(left, right) + 1e-12


def test_a_peak_of_the_base_between_two_phases_is_kept():
    def base(phase):
        return 1e-5 * (1.0 + 9.0 * np.exp(-(((phase - 0.25) / 0.05) ** 2)))

    y = decoded([0.3, 0.3, 0.3], base)
    np.testing.assert_allclose(y, 10**0.3 * base(TIME[0]), rtol=1e-6)


@pytest.mark.parametrize("size", [0.0, 0.2, -0.5])
def test_an_even_departure_is_a_factor_everywhere(size):
    y = decoded([size] * 3, lambda phase: 1e-6 * (1.0 + phase))
    np.testing.assert_allclose(y, 10**size * 1e-6 * (1.0 + TIME[0]), rtol=1e-6)


class Kinked:
    """y = (1 + u)², whose closed form has a step where u passes 0.333."""

    name = "kinked"
    space = ParameterSpace(())
    inputs, outputs = (Variable("u", "V"),), (Variable("y", "A"),)

    def estimate(self, parameters, series, time):
        return {"y": 1.0 + (series["u"] > 0.333)}


@pytest.mark.parametrize(
    ("between", "drive", "is_asked"),
    [("departure", "ramp", True), ("output", "ramp", False), ("output", "pulse", True)],
)
def test_outputs_are_interpolated_where_drives_are_straight(between, drive, is_asked):
    """A network that is right at its phases is right between them, step or no step."""
    phases, time = np.linspace(0.0, 1.0, 11), np.linspace(0.0, 1.0, 101)[None]
    u = time if drive == "ramp" else np.where(np.abs(time - 0.55) < 0.025, 1.0, 0.0)
    scale = Scale("y", "linear", offset=0.0, span=4.0, threshold=1.0)
    encoding = Encoding((), (), (scale,), (Departure(9.0, 1.0, -9.0, 9.0),), between=between)
    given = Conditions({}, {"u": u}, time, None)
    seen = network_inputs(Kinked(), encoding, given, phases)
    assert bool(seen.base) == is_asked
    true = (1.0 + np.interp(phases, time[0], u[0])) ** 2
    encoded = encoding.encode_outputs({"y": true[None]}, seen.series).astype(float)
    y = decoder(encoding, phases, seen, given)(encoded)["y"]
    np.testing.assert_allclose(y[:, ::10], true[None], atol=1e-6)
    if drive == "ramp":
        worst = np.abs(y - (1.0 + u) ** 2).max()
        assert worst < 0.005 if between == "output" else worst > 0.05
