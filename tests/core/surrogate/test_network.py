"""Between trained phases a prediction stays as near to its neighbours as the base does."""

import numpy as np
import pytest
from dynsur.core.encoding import Departure, Encoding, Scale
from dynsur.core.surrogate.inputs import Conditions, Seen
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
