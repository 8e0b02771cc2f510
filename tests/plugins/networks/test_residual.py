"""The physics-informed loss: zero for a solution as the grid gets finer, and not for another."""

import dataclasses

import numpy as np
import pytest
import torch
import xarray as xr
from dynsur.core import DynsurError
from dynsur.core.conformance import ConformanceError, losses
from dynsur.core.conformance.example import EXAMPLE
from dynsur.core.training.ingredients import bound
from dynsur.datasets.decades import Decades
from dynsur.plugins.memristors import LINEAR_ION_DRIFT, VTEAM
from dynsur.plugins.networks import Residual
from dynsur.plugins.networks.residual_module import Rate, residuals


def solution(points, wrong=0.0):
    """Return r [interval] of a linear ion drift whose state is off by `wrong`·x(1 − x)."""
    system = dataclasses.replace(LINEAR_ION_DRIFT, points=points, relative_tolerance=1e-10)
    data = system.simulate({})
    p = {n: np.array([v]) for n, v in system.space.values({}).items()}
    x = torch.from_numpy(data["state"].values)[None, None]
    t, u = data["time"].values[None], data["voltage"].values[None]
    return residuals(system, x + wrong * x * (1 - x), t, u, p)[0][0, 0]


def test_the_residual_of_a_solution_vanishes_with_the_order_of_the_trapezoidal_rule():
    # 64 straight pieces of the drive: grids whose instants include all of its kinks.
    largest = [float(solution(64 * n + 1).abs().max()) for n in (4, 8, 16)]
    orders = np.diff(np.log2(largest))
    assert orders == pytest.approx([-3.0, -3.0], abs=0.2)


def test_the_residual_of_another_trajectory_stays():
    right = float(solution(1025).abs().sum())
    coarse, fine = (float(solution(n, wrong=0.1).abs().sum()) for n in (257, 1025))
    assert fine > 1e3 * right
    assert fine == pytest.approx(coarse, rel=0.05)


def test_the_gradient_of_the_rate_is_its_derivative():
    p = {n: np.repeat(v, 3) for n, v in LINEAR_ION_DRIFT.space.values({"window": 2.0}).items()}
    x = torch.tensor([[0.2, 0.5, 0.8]], dtype=torch.float64, requires_grad=True)
    u = np.array([0.5, -1.0, 0.7])
    assert torch.autograd.gradcheck(
        lambda y: Rate.apply(y, LINEAR_ION_DRIFT, np.zeros(3), u, p), (x,), rtol=1e-4
    )


def prepared(system, **options):
    """Return a store of 12 devices as training data."""
    count = 12
    columns = system.space.sample(0, 0, count)
    rows = system.simulate_batch(columns)
    names = ["time", *(v.name for v in (*system.inputs, *system.outputs))]
    series = {n: (("sample", "time"), rows[n]) for n in names}
    scalars = {n: ("sample", v) for n, v in columns.items()}
    store = xr.Dataset({**series, **scalars, "status": ("sample", rows["status"])})
    return Decades(**options).prepare(store, system, 0)


@pytest.mark.parametrize("system", [LINEAR_ION_DRIFT, VTEAM], ids=lambda system: system.name)
def test_encoded_solutions_cost_little_and_wrong_ones_more(system):
    data = prepared(system, kept=1.0, trust=1.0, soft=1.0)
    cost = Residual().bind(system, data.encoding)
    series, parameters, target = (
        torch.from_numpy(getattr(data.train, n)) for n in ("series", "parameters", "target")
    )
    wave = 0.05 * torch.sin(torch.linspace(0.0, 40.0, target.shape[1]))[:, None]
    guess = (target + wave).requires_grad_()
    right = float(cost(target, target, series, parameters))
    wrong = cost(guess, target, series, parameters)
    physics = float((wrong - Residual()(guess, target)).detach())
    assert right < 0.1 * physics
    wrong.backward()
    assert torch.isfinite(guess.grad).all()
    assert guess.grad.any()


def test_a_loss_is_bound_to_systems_it_fits_only():
    encoding = prepared(VTEAM).encoding
    with pytest.raises(DynsurError, match="ordinary differential equations"):
        Residual().bind(EXAMPLE, encoding)
    with pytest.raises(DynsurError, match=r"loss\.states \(now 'width'\)"):
        Residual(states="width").bind(VTEAM, encoding)
    fewer = tuple(s for s in encoding.parameters if s.name != "x_0")
    with pytest.raises(DynsurError, match="needs 'x_0'"):
        Residual().bind(VTEAM, dataclasses.replace(encoding, parameters=fewer))
    with pytest.raises(DynsurError, match="needs the system"):
        bound(Residual(), None, encoding)


@pytest.mark.parametrize(
    ("cost", "message"),
    [
        (lambda p, t, s, q: (p - t) ** 2, "expected a scalar"),
        (lambda p, t, s, q: (p - t).sum() / 0.0, "finite"),
        (lambda p, t, s, q: (p.detach() - t).sum(), "no gradient"),
    ],
)
def test_the_check_finds_a_broken_binding(cost, message):
    class Broken:
        name = "broken"

        def bind(self, simulator, encoding):
            return cost

    with pytest.raises(ConformanceError, match=message):
        losses.binds_or_says_why_not(Broken())
