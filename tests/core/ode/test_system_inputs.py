"""Systems with several inputs: limits, symmetries, and one input as the special case."""

import dataclasses
import math

import numpy as np
import pytest
from dynsur.core import (
    DynsurError,
    Parameter,
    ParameterSpace,
    Variable,
    Waveform,
    multisine,
    pulse_train,
    triangle,
)
from dynsur.core.conformance.drives import records_its_drive, steps_over_nothing
from dynsur.core.conformance.simulators import SIMULATOR_CHECKS
from dynsur.core.registry import with_fields
from dynsur.core.registry.identity import configuration, has_configuration
from odes import system

SPACE = ParameterSpace((Parameter("rate", 0.5, 2.0, "1/s"),))
INPUTS = (Variable("u", "V"), Variable("w", "V"))
PULSES = pulse_train((1.0, -2.0), 0.31, 0.17, 1e-4)
RATES = {"rate": np.array([0.5, 0.9, 1.4, 2.0])}
UNCHECKED = "runs_end_to_end"  # for which a plugin must offer it


def sum_of(u, p):
    return u[0] + 2.0 * u[1]


def driven_by(drive, rhs=None, **changes):
    def low_pass(t, y, u, p):
        return (p["rate"] * (sum_of(u, p) - y[0]),)

    changes = {"inputs": INPUTS, "space": SPACE, "start": lambda p: (0.0,)} | changes
    return system(rhs or low_pass, drive=lambda p: drive, **changes)


def only(values, **changes):
    def low_pass(t, y, u, p):
        return (p["rate"] * (u - y[0]),)

    changes = {"space": SPACE, "start": lambda p: (0.0,)} | changes
    return system(low_pass, drive=lambda p: values, **changes)


def test_a_linear_system_answers_the_sum_of_its_inputs():
    both = driven_by({"u": triangle(1.0, 2.0), "w": PULSES})
    parts = [only(triangle(1.0, 2.0)), only(PULSES)]
    time = both.simulate_batch(RATES)["time"]
    fine = np.union1d(time[0], np.linspace(0.0, 2.0, 4001))
    answers = []
    for part in parts:
        finer = dataclasses.replace(part, points=3001).simulate_batch(RATES)
        pairs = zip(finer["time"], finer["y"], RATES["rate"], strict=True)
        answers.append(np.array([_held(t, y, r, fine) for t, y, r in pairs]))
    expected = answers[0] + 2.0 * answers[1]
    found = both.simulate_batch(RATES)["y"]
    for i in range(4):
        at = np.interp(time[i], fine, expected[i])
        np.testing.assert_allclose(found[i], at, atol=2e-4)


def _held(t, y, rate, at):
    """Continue a low pass whose input has become zero."""
    last = np.interp(at, t, y)
    return np.where(at > t[-1], y[-1] * np.exp(-rate * (at - t[-1])), last)


def test_steps_of_both_inputs_have_the_closed_form():
    edge = 1e-9
    first = Waveform((0.0, 0.3, 0.3 + edge, 3.0), (0.0, 0.0, 1.0, 1.0))
    second = Waveform((0.0, 1.1, 1.1 + edge, 2.0), (0.0, 0.0, 1.0, 1.0))
    data = driven_by({"u": first, "w": second}).simulate({"rate": 1.3})
    t = data["time"].values
    exact = sum(
        size * -np.expm1(-1.3 * np.maximum(t - begin, 0.0)) for size, begin in ((1, 0.3), (2, 1.1))
    )
    np.testing.assert_allclose(data["y"].values, exact, atol=1e-7)


def test_a_product_with_an_input_of_zero_or_one_is_the_system_of_the_other():
    def product(t, y, u, p):
        return (p["rate"] * (u[0] * u[1] - y[0]),)

    flat = {value: Waveform((0.0, 2.0), (value, value)) for value in (0.0, 1.0)}
    one = driven_by({"u": triangle(1.0, 2.0), "w": flat[1.0]}, product)
    alone = only(triangle(1.0, 2.0))
    for rows in (one.simulate_batch(RATES), one.simulate_batch(RATES)):
        np.testing.assert_array_equal(rows["y"], alone.simulate_batch(RATES)["y"])
    none = driven_by({"u": triangle(1.0, 2.0), "w": flat[0.0]}, product)
    assert not none.simulate_batch(RATES)["y"].any()


def test_the_order_of_the_inputs_is_that_of_their_declaration():
    drives = {"w": PULSES, "u": triangle(1.0, 2.0)}
    turned = driven_by(drives, inputs=INPUTS[::-1])
    turned = dataclasses.replace(turned, rhs=lambda t, y, u, p: (
        p["rate"] * (u[1] + 2.0 * u[0] - y[0]),))  # fmt: skip
    straight = driven_by(drives)
    for name in ("u", "w", "y"):
        np.testing.assert_array_equal(
            turned.simulate_batch(RATES)[name], straight.simulate_batch(RATES)[name]
        )


@pytest.mark.parametrize(
    "second",
    [PULSES, multisine(1.0, (1.0, 3.0), 1.0, 3), multisine(1.0, (1.0, 3.0), 4.0, 3)],
    ids=["lines", "a shorter spline", "a longer spline"],
)
def test_a_batch_has_the_bits_of_single_simulations(second):
    simulator = driven_by({"u": triangle(1.0, 2.0), "w": second}, points=201)
    rows = simulator.simulate_batch(RATES)
    for i, rate in enumerate(RATES["rate"]):
        data = simulator.simulate({"rate": rate})
        for name in ("time", "u", "w", "y"):
            np.testing.assert_array_equal(data[name].values, rows[name][i])


@pytest.mark.parametrize("end", [1.0, 3.0])
def test_all_methods_agree_on_drives_of_different_kinds_and_lengths(end):
    class Sine:
        duration = end

        def __call__(self, t):
            return np.sin(3.0 * np.asarray(t))

    for second in (Sine(), multisine(1.0, (1.0, 3.0), end, 3), triangle(1.0, end)):
        simulator = driven_by({"u": triangle(1.0, 2.0), "w": second})
        alone = dataclasses.replace(simulator, method="DOP853")
        found, expected = (s.simulate_batch(RATES)["y"] for s in (simulator, alone))
        np.testing.assert_allclose(found, expected, atol=1e-7)


def test_a_right_hand_side_of_numbers_only_is_solved_one_by_one():
    def choosing(t, y, u, p):
        voltage, gate = u
        return (math.sin(voltage) if gate > 0.2 else -y[0],)

    def chosen(t, y, u, p):
        voltage, gate = u
        return (np.where(gate > 0.2, np.sin(voltage), -y[0]),)

    drives = {"u": triangle(1.0, 2.0), "w": PULSES}
    rows = driven_by(drives, choosing).simulate_batch(RATES)
    np.testing.assert_allclose(
        rows["y"], driven_by(drives, chosen).simulate_batch(RATES)["y"], atol=1e-5
    )


def test_kinks_that_differ_by_rounding_do_not_stop_a_simulation():
    waves = [Waveform((0.0, t, 1.0), (0.0, 1.0, 0.0)) for t in (0.3, 0.1 * 3)]
    data = driven_by(dict(zip("uw", waves, strict=True))).simulate({"rate": 1.0})
    assert not data["reason"].item()
    same = driven_by({"u": waves[0], "w": waves[0]}).simulate({"rate": 1.0})
    np.testing.assert_allclose(data["y"].values, same["y"].values, atol=1e-12)


def test_outputs_see_every_input_over_time():
    simulator = driven_by(
        {"u": triangle(1.0, 2.0), "w": PULSES},
        observe=lambda y, u, p: (u[0] * u[1],),
    )
    rows = simulator.simulate_batch(RATES)
    np.testing.assert_array_equal(rows["y"], rows["u"] * rows["w"])


def test_a_coarse_solve_follows_every_input():
    simulator = driven_by({"u": triangle(1.0, 2.0), "w": PULSES}, coarse_tolerance=1e-4)
    rows = simulator.simulate_batch(RATES)
    assert simulator.coarse is not None
    found = simulator.coarse(RATES, {n: rows[n] for n in "uw"}, rows["time"], rows["time"])
    np.testing.assert_allclose(found["y"], rows["y"], atol=5e-3)


@pytest.mark.parametrize("check", [c for c in SIMULATOR_CHECKS if c.__name__ != UNCHECKED])
def test_it_keeps_the_promises_of_a_simulator(check):
    check(driven_by({"u": triangle(1.0, 2.0), "w": PULSES}, coarse_tolerance=1e-6))


def test_a_store_knows_the_drives_that_were_given():
    simulator = driven_by({"u": triangle(1.0, 2.0), "w": PULSES})
    under = [with_fields(simulator, {"waveform": {"w": triangle(a, 2.0)}}) for a in (1.0, 1.0, 2.0)]
    held = [configuration(s) for s in under]
    assert held[0] == held[1] != held[2]
    assert has_configuration(under[0], held[1])
    assert not has_configuration(simulator, held[0])


def test_one_waveform_for_two_inputs_is_refused():
    simulator = driven_by({"u": triangle(1.0, 2.0), "w": PULSES})
    with pytest.raises(DynsurError, match="2 inputs and got one drive"):
        with_fields(simulator, {"waveform": PULSES})


def test_the_checks_try_every_input():
    class Blind:
        duration = 2.0

        def __call__(self, t):
            return np.where(np.asarray(t) > 1.0, 1.0, 0.0)

    simulator = driven_by({"u": triangle(1.0, 2.0), "w": Blind()})
    records_its_drive(simulator)
    steps_over_nothing(simulator)
