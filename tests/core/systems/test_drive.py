"""What drives a system, by input."""

import numpy as np
import pytest
from dynsur.core import DynsurError, Parameter, ParameterSpace, Variable, triangle
from dynsur.core.systems.drive import as_field, by_input, driven, missed_by_record, signal_of
from odes import system

SPACE = ParameterSpace((Parameter("rate", 0.5, 2.0, "1/s"),))
INPUTS = (Variable("u", "V"), Variable("gate", "V"))
OWN = {"u": triangle(1.0, 2.0), "gate": triangle(3.0, 4.0)}
TWO = system(
    lambda t, y, u, p: (u[0] * u[1] - p["rate"] * y[0],),
    drive=lambda p: OWN,
    inputs=INPUTS,
    space=SPACE,
)
RATES = {"rate": np.array([0.6, 1.0, 1.9])}


def test_every_input_is_known_without_a_simulation():
    time, series = driven(TWO, RATES)
    simulated = TWO.simulate_batch(RATES)
    np.testing.assert_array_equal(time, simulated["time"])
    for name in ("u", "gate"):
        np.testing.assert_array_equal(series[name], simulated[name])


def test_an_input_that_is_not_named_keeps_its_own_drive():
    step = triangle(5.0, 1.0)
    time, series = driven(TWO, RATES, {"gate": step})
    np.testing.assert_array_equal(series["gate"], step(time))
    np.testing.assert_array_equal(series["u"], OWN["u"](time))


def test_one_drive_for_several_inputs_is_refused_with_their_names():
    with pytest.raises(DynsurError, match=r"2 inputs and got one drive.*'u': …, 'gate': …"):
        driven(TWO, RATES, triangle(1.0, 1.0))


def test_an_unknown_input_is_refused_with_its_likeliest_name():
    with pytest.raises(DynsurError, match="did you mean 'gate'"):
        driven(TWO, RATES, {"gates": triangle(1.0, 1.0)})


def test_a_drive_that_forgets_an_input_says_which():
    half = system(TWO.rhs, drive=lambda p: {"u": OWN["u"]}, inputs=INPUTS, space=SPACE)
    with pytest.raises(DynsurError, match="no signal for the input 'gate'"):
        signal_of(half, {"rate": 1.0})


def test_the_only_input_may_be_named():
    one = system(lambda t, y, u, p: (u - y[0],))
    wave = triangle(1.0, 1.0)
    assert by_input(one, wave) == by_input(one, {"u": wave}) == {"u": wave}
    assert as_field(one, {"u": wave}) is wave


def test_a_record_that_misses_one_of_the_drives_names_it():
    time = np.linspace(0.0, 4.0, 41)
    series = {name: wave(time) for name, wave in OWN.items()}
    assert not missed_by_record(TWO, {"rate": 1.0}, time, series)
    series["gate"] = 0.5 * series["gate"]
    assert missed_by_record(TWO, {"rate": 1.0}, time, series).startswith("'gate'")
