"""The state-space network: recurrence, convolution and doubling agree; causality; export."""

import pytest
import torch
from dynsur.core import DynsurError
from dynsur.core.conformance import MODEL_CHECKS
from dynsur.plugins.networks import SSM
from dynsur.plugins.networks.linear_scan import doubled, recurrence


@pytest.fixture
def network():
    torch.manual_seed(0)
    return SSM(width=6, states=5, layers=2, hidden=4, members=2).build(2, 3, 1).eval()


def example(time):
    """Return v, |λ| and arg λ of five states, to differentiate by."""
    torch.manual_seed(1)
    shapes = ((2, time, 2, 5), (5,), (5,))
    v, size, angle = (torch.rand(shape, dtype=torch.float64) for shape in shapes)
    return [tensor.requires_grad_() for tensor in (v, size, 3.0 * angle)]


def convolution(v, size, angle):
    """Return Σ_k λ^k v_{t−k} by FFT, padded so that nothing wraps around."""
    time = v.shape[1]
    v = torch.complex(v[:, :, 0], v[:, :, 1])
    powers = torch.polar(size, angle) ** torch.arange(time)[:, None]
    product = torch.fft.fft(v, 2 * time, dim=1) * torch.fft.fft(powers, 2 * time, dim=0)
    x = torch.fft.ifft(product, dim=1)[:, :time]
    return torch.stack([x.real, x.imag], dim=2)


@pytest.mark.parametrize("check", MODEL_CHECKS, ids=lambda check: check.__name__)
def test_ssm_keeps_the_promises_of_a_model(check):
    check(SSM(width=6, states=5, hidden=4))


@pytest.mark.parametrize("time", [2, 3, 37])
@pytest.mark.parametrize("other", [doubled, convolution])
def test_the_recurrence_and_its_gradient_are_those_of_the_convolution(other, time):
    inputs = example(time)
    weight = torch.rand(2, time, 2, 5, dtype=torch.float64)
    results = [run(*inputs) for run in (recurrence, other)]
    torch.testing.assert_close(*results)
    gradients = [torch.autograd.grad((result * weight).sum(), inputs) for result in results]
    for stepped, summed in zip(*gradients, strict=True):
        torch.testing.assert_close(stepped, summed)


def test_a_push_rings_down_as_the_powers_of_lambda():
    _, size, angle = example(1)
    v = torch.zeros(1, 50, 2, 5, dtype=torch.float64)
    v[:, 0, 0] = 1.0
    x = recurrence(v, size, angle)
    expected = torch.polar(size, angle) ** torch.arange(50)[:, None]
    torch.testing.assert_close(torch.complex(x[0, :, 0], x[0, :, 1]), expected)


def test_the_past_is_remembered_and_the_future_not_seen(network):
    series, parameters = torch.randn(1, 12, 2), torch.randn(1, 3)
    before = network(series, parameters)
    series[:, 5] += 1.0
    after = network(series, parameters)
    torch.testing.assert_close(before[:, :5], after[:, :5], rtol=0.0, atol=0.0)
    assert (before[:, 5:] != after[:, 5:]).all()


def test_a_longer_sequence_begins_as_the_shorter(network):
    series, parameters = torch.randn(2, 30, 2), torch.randn(2, 3)
    whole, start = network(series, parameters), network(series[:, :7], parameters)
    torch.testing.assert_close(whole[:, :7], start)


def test_the_parameters_set_the_first_state(network):
    member = network.members[0]
    series, parameters = torch.randn(1, 4, 2), torch.randn(1, 3)
    before = member(series, parameters)
    with torch.no_grad():
        member.dense[-1].bias[18:28] += 1.0  # behind the shift, γ and β of 6 each
    assert not torch.allclose(member(series, parameters), before)


def test_the_exported_program_gives_the_same_for_any_batch(network):
    series, parameters = torch.randn(2, 40, 2), torch.randn(2, 3)
    batch = torch.export.Dim("batch", min=1)
    shapes = ({0: batch}, {0: batch})
    network.requires_grad_(False)
    program = torch.export.export(network, (series, parameters), dynamic_shapes=shapes)
    for count in (1, 5):
        series, parameters = torch.randn(count, 40, 2), torch.randn(count, 3)
        found = program.module()(series, parameters)
        torch.testing.assert_close(found, network(series, parameters), rtol=1e-4, atol=1e-5)


@pytest.mark.parametrize("name", ["width", "states", "layers", "hidden", "members"])
def test_sizes_that_make_no_network_are_refused(name):
    with pytest.raises(DynsurError, match=rf"model\.{name} of ssm"):
        SSM(**{name: 0})
