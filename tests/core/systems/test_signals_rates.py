"""A right-hand side that needs du/dt gets the derivative of every kind of drive."""

import dataclasses

import numpy as np
import pytest
from dynsur.core import (
    DynsurError,
    ODESystem,
    Parameter,
    ParameterSpace,
    Smooth,
    Variable,
    Waveform,
)
from dynsur.core.circuits.tracing import trace
from dynsur.core.systems.signals import RateOf
from dynsur.plugins.networks.residual import Residual


class Wave:
    """A function of time that is not a table: it bends at a third of its length."""

    duration = 3.0
    breaks = (1.0,)

    def __call__(self, t):
        return np.where(np.asarray(t) < 1.0, np.asarray(t) ** 2, 1.0 + np.sin(np.asarray(t) - 1.0))


SMOOTH = Smooth(np.sin(np.linspace(0.0, 6.0, 121)), 0.05)
LINES = Waveform((0.0, 0.3, 0.5, 2.0, 3.0), (1.0, 2.0, -1.0, -1.0, 0.4))
KINDS = {"lines": LINES, "smooth": SMOOTH, "function": Wave()}


def follower(signal, method="auto", stiff=0.0, inputs=("u",)):
    """Return the system whose states integrate du/dt: they are u − u(0)."""
    count = len(inputs)

    def rhs(t, y, u, p):
        assert len(u) == 2 * count
        fast = -stiff * (y[count] - 1.0)
        return (*u[count:], fast)

    return ODESystem(
        name="follower",
        description="states that follow the drive",
        space=ParameterSpace((Parameter("gain", 0.5, 2.0, "1"),)),
        inputs=tuple(Variable(name, "V") for name in inputs),
        outputs=tuple(Variable(f"y{i}", "V") for i in range(count)),
        rhs=rhs,
        drive=lambda p: signal,
        start=lambda p: (0.0,) * count + (0.5,),
        method=method,
        rates=True,
    )


@pytest.mark.parametrize("kind", KINDS)
@pytest.mark.parametrize(("method", "stiff"), [("auto", 0.0), ("auto", 1e6), ("LSODA", 0.0)])
def test_the_integral_of_the_rate_is_the_drive(kind, method, stiff):
    data = follower(KINDS[kind], method, stiff).simulate({})
    assert data["reason"].item() == ""
    u = data["u"].values
    np.testing.assert_allclose(data["y0"], u - u[0], atol=2e-5)


def test_each_input_has_its_rate_and_rests_after_its_end():
    drives = {"u": LINES, "v": SMOOTH, "w": Waveform((0.0, 1.0), (0.0, 2.0))}
    data = follower(drives, inputs=("u", "v", "w")).simulate({})
    for k, name in enumerate(("u", "v", "w")):
        u = data[name].values
        np.testing.assert_allclose(data[f"y{k}"], u - u[0], atol=1e-6)


def test_many_devices_give_what_each_gives_alone():
    system = follower(LINES)
    together = system.simulate_batch({"gain": np.linspace(0.5, 2.0, 9)})
    one = system.simulate({"gain": 0.5})
    np.testing.assert_array_equal(together["y0"][0], one["y0"])


def test_at_a_kink_it_is_that_of_what_follows_and_zero_after_the_end():
    rate = RateOf(Waveform((0.0, 1.0, 3.0), (0.0, 2.0, 0.0)))
    np.testing.assert_allclose(
        rate(np.array([0.0, 0.5, 1.0, 2.0, 3.0, 4.0])), [2, 2, -1, -1, -1, 0]
    )
    t = np.linspace(0.1, 5.9, 50)
    np.testing.assert_allclose(RateOf(SMOOTH)(t), np.cos(t), atol=1e-5)
    late = np.linspace(1.1, 3.0, 20)
    np.testing.assert_allclose(RateOf(Wave())(late), np.cos(late - 1.0), atol=2e-5)


def test_a_coarse_solve_knows_the_rate():
    system = dataclasses.replace(follower(LINES), coarse_tolerance=1e-3)
    time = np.linspace(0.0, 3.0, 61)[None]
    drive = LINES(time)
    assert system.coarse is not None
    found = system.coarse({"gain": np.ones(1)}, {"u": drive}, time, time)
    np.testing.assert_allclose(found["y0"], drive - drive[:, :1], atol=5e-3)


def test_what_cannot_know_the_rate_refuses_in_one_line():
    system = follower(LINES)
    with pytest.raises(DynsurError, match="needs du/dt, and a circuit element"):
        trace(system, (1.0, 1.0), 1.0)
    with pytest.raises(DynsurError, match="choose another loss"):
        Residual().bind(system, None)  # type: ignore[arg-type]
