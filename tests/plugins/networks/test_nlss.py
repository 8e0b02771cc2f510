"""The nonlinear state-space network: exact gradients, stability, causality, export."""

import math

import numpy as np
import pytest
import torch
from dynsur.core import DynsurError
from dynsur.core.conformance import MODEL_CHECKS
from dynsur.plugins.networks import NLSS
from dynsur.plugins.networks.nlss_cell import states, stepped
from dynsur.plugins.networks.nlss_module import blocks


@pytest.fixture
def network():
    torch.manual_seed(0)
    return NLSS(states=4, width=5, hidden=6, members=2).build(2, 3, 1).eval()


def equation(dtype=torch.float64):
    """Return the drive, feedback, mixing and start of three systems, to differentiate by."""
    torch.manual_seed(1)
    shapes = ((3, 40, 11), (3, 4, 11), (3, 7, 4), (3, 4))
    return [(0.3 * torch.randn(shape, dtype=dtype)).requires_grad_() for shape in shapes]


@pytest.mark.parametrize("check", MODEL_CHECKS, ids=lambda check: check.__name__)
def test_nlss_keeps_the_promises_of_a_model(check):
    check(NLSS(states=4, width=5, hidden=6))


def test_the_compiled_steps_and_their_gradient_are_those_of_the_equation():
    inputs, weight = equation(), torch.randn(3, 40, 4, dtype=torch.float64)
    results = [run(*inputs) for run in (states, stepped)]
    torch.testing.assert_close(*results)
    gradients = [torch.autograd.grad((result * weight).sum(), inputs) for result in results]
    for compiled, plain in zip(*gradients, strict=True):
        torch.testing.assert_close(compiled, plain)


def test_a_step_is_the_state_equation():
    drive, feedback, mixing, start = equation()
    first = states(drive, feedback, mixing, start)[:, 0]
    linear = torch.einsum("bn,bnm->bm", start, feedback) + drive[:, 0]
    bent = torch.einsum("bk,bkn->bn", torch.tanh(linear[:, 4:]), mixing)
    torch.testing.assert_close(first, linear[:, :4] + bent)


def test_the_linear_part_is_stable_whatever_the_weights():
    poles = 3.0 * torch.randn(50, 2, 3)
    found = torch.linalg.eigvals(blocks(poles)).abs().max()
    assert found <= 1.0
    rho = torch.exp(-torch.exp(poles[:, 0])).max()
    assert float(found) == pytest.approx(float(rho), rel=1e-5)


def test_the_state_stays_below_the_bound_that_its_slowest_block_sets():
    drive, feedback, mixing, start = equation(torch.float64)
    poles = torch.tensor([[-4.0, -1.0], [0.3, 2.0]], dtype=torch.float64).expand(3, -1, -1)
    feedback = torch.cat([blocks(poles), 20.0 * feedback[..., 4:]], dim=2)
    x = states(drive.repeat(1, 50, 1), feedback, mixing, start)
    pushed = drive[..., :4].norm(dim=2).max() + mixing.abs().sum(dim=1).norm(dim=1).max()
    slowest = math.exp(-math.exp(-4.0))
    assert x.norm(dim=2).max() < start.norm(dim=1).max() + pushed / (1.0 - slowest)
    assert x.norm(dim=2).max() > pushed  # the bound is not far away


def test_the_past_is_remembered_and_the_future_not_seen(network):
    series, parameters = torch.randn(1, 12, 2), torch.randn(1, 3)
    before = network(series, parameters)
    series[:, 5] += 1.0
    after = network(series, parameters)
    assert torch.equal(before[:, :5], after[:, :5])
    assert (before[:, 5:] != after[:, 5:]).all()


def test_systems_of_a_batch_have_each_their_own_weights(network):
    series, parameters = torch.randn(1, 9, 2).expand(2, -1, -1), torch.randn(2, 3)
    together = network(series, parameters)
    assert not torch.allclose(together[0], together[1])
    torch.testing.assert_close(together[1:], network(series[1:], parameters[1:]))


def test_it_is_exported_as_one_loop_for_any_batch(network):
    series, parameters = torch.randn(2, 300, 2), torch.randn(2, 3)
    batch = torch.export.Dim("batch", min=1)
    shapes = ({0: batch}, {0: batch})
    network.requires_grad_(False)
    program = torch.export.export(network, (series, parameters), dynamic_shapes=shapes)
    assert len(program.graph.nodes) < 300
    for count in (1, 5):
        series, parameters = torch.randn(count, 300, 2), torch.randn(count, 3)
        found = program.module()(series, parameters)
        torch.testing.assert_close(found, network(series, parameters), rtol=1e-4, atol=1e-5)


@pytest.mark.parametrize("wrong", [{"states": 3}, {"states": 0}, {"width": 0}, {"members": 0}])
def test_sizes_that_make_no_network_are_refused(wrong):
    with pytest.raises(DynsurError, match=rf"model\.{next(iter(wrong))}"):
        NLSS(**wrong)


def test_the_steps_of_a_circuit_element_are_those_of_the_network(network):
    member = network.members[1]
    random = np.random.default_rng(0)
    series, parameters = random.uniform(size=(30, 2)), random.uniform(size=3)
    x, outputs = member.initial(parameters), []
    for k, row in enumerate(series):
        x, y = member.step(x, row, series[max(k - 1, 0)], parameters)
        outputs.append(y)
    batch = (torch.from_numpy(a[None]).float() for a in (series, parameters))
    expected = member(*batch)[0].detach().numpy()
    assert np.array(outputs) == pytest.approx(expected, abs=1e-5)
