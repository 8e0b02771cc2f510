"""The drives of several inputs are one function of time."""

import numpy as np
from dynsur.core import instants, multisine, triangle
from dynsur.core.systems.instants import enough_points, missed, stops
from dynsur.core.systems.signals import Signals, parts_of, together
from dynsur.core.systems.waveforms import Waveform

SLOW, SHORT = triangle(2.0, 4.0), Waveform((0.0, 0.31, 0.9), (1.0, -1.0, 0.5))


def test_the_signal_of_the_only_input_is_itself():
    assert together([SLOW]) is SLOW
    assert parts_of(SLOW) == (SLOW,)


def test_the_longest_ends_and_the_others_keep_their_last_value():
    both = together([SLOW, SHORT])
    t = np.array([0.0, 0.31, 0.9, 3.7])
    assert both.duration == 4.0
    np.testing.assert_array_equal(both(t), [SLOW(t), [1.0, -1.0, 0.5, 0.5]])
    assert both(0.31).shape == (2,)


def test_a_function_that_ends_is_not_asked_for_what_comes_later():
    class Root:
        duration = 1.0

        def __call__(self, t):
            assert np.max(t) <= 1.0
            return np.sqrt(1.0 - np.asarray(t))

    both = together([SLOW, Root()])
    np.testing.assert_array_equal(both(np.array([0.0, 2.0, 4.0]))[1], [1.0, 0.0, 0.0])


def test_the_kinks_of_all_are_stopped_at_and_recorded():
    both = together([SLOW, SHORT])
    kinks = {*SLOW.times, *SHORT.times}
    assert set(stops(both)) == kinks
    time = instants(both, 50)
    assert time.size == 50
    assert kinks <= set(time)
    for part in parts_of(both):
        assert not missed(part, time, part(time))


def test_kinks_that_differ_by_rounding_are_one_recorded_instant():
    one, other = Waveform((0.0, 0.3, 1.0), (0, 1, 0)), Waveform((0.0, 0.1 * 3, 1.0), (0, 1, 0))
    assert 0.3 != 0.1 * 3
    assert np.diff(instants(together([one, other]), 12)).min() > 1e-3


def test_every_turning_point_asks_for_instants_once():
    slow, fast = triangle(1.0, 80.0), triangle(1.0, 4.0, cycles=20)
    alone, both = enough_points(501, fast), enough_points(501, together([slow, fast]))
    assert 501 < alone < both  # the slow one turns at instants of its own
    assert enough_points(501, together([fast, fast])) == alone


def test_smooth_drives_share_equal_instants():
    fine = multisine(1.0, (1.0, 2.0), 10.0, 0)
    assert np.array_equal(instants(Signals((fine, fine)), 401), instants(fine, 401))
