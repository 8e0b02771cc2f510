"""Methods have their order, find the solutions in closed form, and know a stiff device."""

import dataclasses

import numpy as np
import pytest
from dynsur.core import Smooth, Waveform, rest, triangle
from dynsur.core.ode.dop853 import RungeKutta8
from dynsur.core.ode.integrator import integrate
from dynsur.core.ode.rodas5p import Rosenbrock5
from dynsur.core.ode.vector_field import side_by_side
from odes import space, system, van_der_pol

TIGHT = {"relative_tolerance": 1e-11, "absolute_tolerance": 1e-13}


def pendulum(t, y, u, p):
    return y[1], -np.sin(y[0]) + np.cos(2.0 * t)


@pytest.mark.parametrize(
    ("method", "order", "dense", "longest"),
    [(RungeKutta8, 8, 7, 1.2), (Rosenbrock5, 5, 4, 0.15)],
)
def test_the_error_falls_with_the_order(method, order, dense, longest):
    h = longest * 2.0 ** -np.arange(4)
    lanes = side_by_side(pendulum, {"a": np.ones(4)}, [rest(10.0)] * 4)
    t, y = np.zeros(lanes.device.size), np.full((2, lanes.device.size), 0.5)
    steps = method(1e-8, np.full((2, 1), 1e-10))
    step = steps.step(lanes, t, y, h[lanes.device], lanes(t, y))
    inside = steps.interpolate(step.dense(), y, np.full(t.size, 0.4))
    for found, share, least in ((step.state, 1.0, order), (inside, 0.4, dense)):
        true = reference(share * h)
        error = np.abs(found[:, :4] - true).max(axis=0)
        rates = np.log2(error[:-1] / error[1:])
        # The local error is of one order more, in the interpolant of as many in h.
        assert rates[-1] > least + 0.6, rates


def reference(ends):
    from scipy.integrate import solve_ivp

    return np.stack(
        [
            solve_ivp(
                lambda t, y: pendulum(t, y, 0.0, {}), (0.0, end), (0.5, 0.5), method="DOP853",
                rtol=1e-13, atol=1e-15,
            ).y[:, -1]
            for end in ends
        ],
        axis=1,
    )  # fmt: skip


@pytest.mark.parametrize("method", ["explicit", "implicit"])
def test_the_error_follows_the_tolerance(method):
    errors = []
    for relative in (1e-4, 1e-6, 1e-8):
        lanes = side_by_side(lambda t, y, u, p: (y[1], -y[0]), {"a": np.ones(1)}, [rest(20.0)])
        absolute = np.full((2, 1), relative)
        kind = RungeKutta8 if method == "explicit" else Rosenbrock5
        time = np.linspace(0.0, 20.0, 301)
        found = integrate(
            kind(relative, absolute), lanes, np.array([[1.0], [0.0]]), time[None], 1e6
        )
        errors.append(np.abs(found.states[0, 0] - np.cos(time)).max() / relative)
    assert min(errors) > 1e-3, errors
    assert max(errors) < 60, errors


def test_a_driven_linear_oscillator():
    """x'' + 2ζx' + x = u with u = t up to the kink at 2 s and constant then, from rest."""
    ramp = Waveform((0.0, 2.0, 9.0), (0.0, 2.0, 2.0))
    oscillator = system(
        lambda t, y, u, p: (y[1], u - 2 * p["zeta"] * y[1] - y[0]),
        start=lambda p: (0.0, 0.0),
        drive=lambda p: ramp,
        space=space(zeta=(0.1, 0.6)),
        **TIGHT,
    )
    zeta = np.array([0.1, 0.35, 0.6])
    rows = oscillator.simulate_batch({"zeta": zeta})
    for z, t, x in zip(zeta, rows["time"], rows["y"], strict=True):
        np.testing.assert_allclose(x, ramp_response(z, t) - ramp_response(z, t - 2.0), atol=1e-10)


def ramp_response(zeta, t):
    t = np.maximum(t, 0.0)
    w = np.sqrt(1 - zeta**2)
    decay = np.exp(-zeta * t)
    return t - 2 * zeta + decay * (2 * zeta * np.cos(w * t) + (2 * zeta**2 - 1) / w * np.sin(w * t))


def test_no_step_straddles_a_kink():
    """∫u³ over lines from ∓1 to ±1 is zero, and exact where u is one line within each step."""
    times = np.cumsum([0.0, *np.random.default_rng(0).uniform(0.01, 1.0, 40)])
    wave = Waveform(tuple(times), tuple((-1.0) ** np.arange(41)))
    rows = system(
        lambda t, y, u, p: (u**3, 0 * u), start=lambda p: (0.0, 0.0), drive=lambda p: wave, points=2
    ).simulate_batch({"rate": np.ones(3)})
    np.testing.assert_allclose(rows["y"][:, -1], 0.0, atol=1e-13)


def test_a_smooth_drive_costs_no_step_per_sample():
    calls = []
    t = np.linspace(0.0, 10.0, 4001)

    def rhs(t, y, u, p):
        calls.append(np.size(t))
        return [u]

    signal = Smooth(np.cos(3.0 * t), t[1])
    rows = system(rhs, start=lambda p: (0.0,), drive=lambda p: signal).simulate_batch(
        {"rate": np.ones(2)}
    )
    np.testing.assert_allclose(rows["y"][0], np.sin(3.0 * rows["time"][0]) / 3.0, atol=1e-9)
    assert len(calls) < 1500


def test_a_smooth_signal_is_its_samples_and_smooth_between():
    t = np.linspace(0.0, 2.0, 401)
    signal = Smooth(np.sin(20.0 * t), t[1])
    np.testing.assert_allclose(signal(t), np.sin(20.0 * t), atol=1e-14)
    fine = np.linspace(0.0, 2.0, 7777)
    np.testing.assert_allclose(signal(fine), np.sin(20.0 * fine), atol=1e-6)
    inner = (fine > 0.1) & (fine < 1.9)
    np.testing.assert_allclose(signal(fine[inner]), np.sin(20.0 * fine[inner]), atol=1e-9)


def test_a_drive_may_be_any_smooth_function():
    class Ringing:
        duration = 6.0

        def __call__(self, t):
            return np.exp(-t) * np.sin(5.0 * t)

    ringing = system(lambda t, y, u, p: [u], start=lambda p: (0.0,), drive=lambda p: Ringing())
    for rows in (
        ringing.simulate_batch({"rate": np.ones(2)}),
        dataclasses.replace(ringing, method="RK45").simulate_batch({"rate": np.ones(2)}),
    ):
        t = rows["time"][0]
        exact = (5.0 - np.exp(-t) * (5.0 * np.cos(5.0 * t) + np.sin(5.0 * t))) / 26.0
        np.testing.assert_allclose(rows["y"][1], exact, atol=2e-8)


def test_a_stiff_device_is_left_to_the_implicit_method():
    stiff = van_der_pol(300.0, 300.0)
    lanes = side_by_side(stiff.rhs, {"mu": np.array([1.0, 300.0])}, [rest(20.0), rest(600.0)])
    time = np.stack([np.linspace(0.0, end, 11) for end in (20.0, 600.0)])
    start = np.array([[2.0, 2.0], [0.0, 0.0]])
    first = integrate(RungeKutta8(1e-6, np.full((2, 1), 1e-8)), lanes, start, time, 1e6, True)
    assert first.unfinished.tolist() == [False, True]
    found = dataclasses.replace(stiff, points=11).simulate({})
    tight = dataclasses.replace(stiff, points=11, method="LSODA", relative_tolerance=1e-11)
    np.testing.assert_allclose(found["y"], tight.simulate({})["y"], atol=1e-5)


def test_a_stiff_relaxation_follows_its_drive():
    """ε y' = u − y on the slow manifold: y = u − ε u' + O(e^{−t/ε})."""
    eps = 1e-6
    slow = system(
        lambda t, y, u, p: [(u - y[0]) / eps],
        start=lambda p: (0.0,),
        drive=lambda p: triangle(1, 4),
    )
    rows = slow.simulate_batch({"rate": np.ones(2)})
    t = rows["time"][0]
    inner = (t > 0.1) & (t < 0.9)
    np.testing.assert_allclose(rows["y"][0][inner], t[inner] - eps, rtol=1e-6)
