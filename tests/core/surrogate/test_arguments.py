"""A surrogate's methods refuse what the command line would, and take one system as it is."""

from dataclasses import replace

import numpy as np
import pytest
from driven import PLAIN, Driven, untrained
from dynsur.core import DynsurError, ParameterSpace
from dynsur.core.surrogate.applicability import Familiarity
from dynsur.core.surrogate.arguments import NotFiniteError
from dynsur.core.surrogate.conformal import Calibration

TIME = np.linspace(0.0, 2.0, 41)
DRIVE = np.sin(np.pi * TIME)
ONE = {"a": 1.0, "T": 2.0}
RANGES = (("a", 0.5, 2.0), ("T", 1.0, 4.0), ("fixed", 3.0, 3.0))


@pytest.fixture(scope="module")
def surrogate():
    return replace(
        untrained(Driven(), PLAIN),
        calibration=(Calibration("y", 0.9, 0.01, (), (2.0,)),),
        familiarity=Familiarity(RANGES, (), 1.0, 4.0),
    )


def _with(array, value, place=3):
    changed = np.array(array, float)
    changed[place] = value
    return changed


BAD = {
    "time with NaN": (ONE, {"u": DRIVE}, _with(TIME, np.nan), "'time' holds 1 values that are not"),
    "time that falls": (ONE, {"u": DRIVE}, TIME[::-1], r"goes from 2 s to 1\.95 s"),
    "a repeated instant": (ONE, {"u": DRIVE}, _with(TIME, TIME[2]), r"from 0\.1 s to 0\.1 s"),
    "one instant": (ONE, {"u": [1.0]}, [0.0], "two instants or more; got 1"),
    "a number as time": (ONE, {"u": DRIVE}, 2.0, r"'time' has shape \(\)"),
    "times as text": (ONE, {"u": DRIVE}, list("abc"), "'time' takes numbers"),
    "an infinite drive": (ONE, {"u": _with(DRIVE, np.inf)}, TIME, r"'u' holds 1 .* at \[3\]"),
    "a short drive": (ONE, {"u": DRIVE[:-1]}, TIME, "'u' has 40 values .* 'time' has 41"),
    "a cube": (ONE, {"u": np.zeros((1, 1, 41))}, TIME, r"'u' has shape \(1, 1, 41\)"),
    "no drive": (ONE, {"U": DRIVE}, TIME, "needs the input series 'u'; got 'U'"),
    "a misspelt parameter": ({**ONE, "t": 1.0}, {"u": DRIVE}, TIME, "did you mean 'T'"),
    "a missing parameter": ({"a": 1.0}, {"u": DRIVE}, TIME, "systems; got none, but "),
    "a NaN parameter": ({**ONE, "a": np.nan}, {"u": DRIVE}, TIME, "'a' must be one finite number"),
    "text": ({**ONE, "a": "1"}, {"u": DRIVE}, TIME, "'a' takes numbers; got '1'"),
    "beyond the domain": ({**ONE, "a": 11.0}, {"u": DRIVE}, TIME, r"must lie in \[0, 10\] S"),
    "no parameters": (None, {"u": DRIVE}, TIME, "parameters go by name.*got None"),
    "a list of parameters": ([1.0, 2.0], {"u": DRIVE}, TIME, "parameters go by name"),
    "a bare drive": (ONE, DRIVE.tolist(), TIME, "input series go by name"),
    "numbers of systems": ({**ONE, "a": [1, 1]}, {"u": [DRIVE] * 3}, TIME, "different numbers of"),
}


@pytest.mark.parametrize("method", ["predict", "bands", "unfamiliar", "seen"])
@pytest.mark.parametrize("case", BAD)
def test_bad_arguments_get_one_clear_line(surrogate, method, case):
    *arguments, told = BAD[case]
    with pytest.raises(DynsurError, match=told) as caught:
        getattr(surrogate, method)(*arguments)
    assert "\n" not in str(caught.value)


def test_one_system_without_an_axis_comes_back_without_one(surrogate):
    one = surrogate.predict(ONE, {"u": DRIVE}, TIME)["y"]
    many = surrogate.predict({n: [v] for n, v in ONE.items()}, {"u": DRIVE[None]}, TIME[None])["y"]
    assert one.shape == TIME.shape
    assert many.shape == (1, *TIME.shape)
    assert np.array_equal(one, many[0])
    low, high = surrogate.bands(ONE, {"u": DRIVE}, TIME)["y"]
    assert low.shape == high.shape == TIME.shape


def test_what_all_systems_share_is_given_once(surrogate):
    amounts = [0.6, 1.0, 1.4]
    shared = surrogate.predict({**ONE, "a": amounts}, {"u": DRIVE}, TIME)["y"]
    for row, a in zip(shared, amounts, strict=True):
        one = surrogate.predict({**ONE, "a": a}, {"u": DRIVE}, TIME)["y"]
        assert row == pytest.approx(one, rel=1e-6, abs=1e-9)


def test_time_counts_from_its_first_instant(surrogate):
    expected = surrogate.predict(ONE, {"u": DRIVE}, TIME)["y"]
    shifted = surrogate.predict(ONE, {"u": DRIVE}, TIME + 1024.0)["y"]
    assert shifted == pytest.approx(expected, rel=1e-6, abs=1e-9)
    assert surrogate.unfamiliar(ONE, {"u": DRIVE}, TIME + 1024.0) == [""]


@pytest.mark.parametrize(
    ("duration", "shift", "told"),
    [
        (1.0, 0.0, "'duration' is 1 s; expected .* at or after the last instant, 2 s"),
        (np.nan, 0.0, "'duration' is nan s"),
        ([2.0, 2.0], 0.0, r"'duration' has shape \(2,\)"),
        (2.0, -1.0, "'time' starts at -1 s; with `duration`"),
    ],
)
def test_a_duration_that_does_not_fit_is_refused(surrogate, duration, shift, told):
    with pytest.raises(DynsurError, match=told):
        surrogate.predict(ONE, {"u": DRIVE}, TIME + shift, duration)


@pytest.mark.parametrize("drive", ["u", DRIVE, 1.0, {"u": DRIVE}, {"u": "u"}])
def test_what_is_no_drive_is_refused(surrogate, drive):
    with pytest.raises(DynsurError, match=r"a drive is a dynsur\.core\.Waveform, or a function"):
        surrogate.respond(ONE, drive)


def test_respond_refuses_the_same(surrogate):
    for parameters, told in (({"t": 1.0}, "did you mean"), ({"a": [1, np.nan]}, "finite")):
        with pytest.raises(DynsurError, match=told):
            surrogate.respond(parameters)


def test_no_answer_is_nan_without_a_word(surrogate):
    boundless = replace(PLAIN, outputs=(replace(PLAIN.outputs[0], offset=np.inf),))
    with pytest.raises(NotFiniteError, match=r"'y' of system 1 is not finite: .* `unfamiliar`"):
        untrained(Driven(), boundless).predict(ONE, {"u": DRIVE}, TIME)


@pytest.mark.parametrize("size", [1e155, 1e300, 1.7e308])
def test_a_drive_near_the_largest_number_warns_of_nothing(surrogate, size):
    for method in (surrogate.predict, surrogate.bands, surrogate.unfamiliar):
        try:  # a warning would be an error
            method(ONE, {"u": size * DRIVE}, TIME)
        except NotFiniteError:
            continue


def test_a_parameter_on_a_log_scale_is_positive():
    space = ParameterSpace((replace(Driven.space["a"], scale="log"),))
    for value in (0.0, [1.0, 0.0]):
        with pytest.raises(DynsurError, match="log scale and must be positive; got 0 S"):
            space.columns({"a": value})
