"""The networks and losses that serve any system."""

import pytest
import torch
from dynsur.core import DynsurError
from dynsur.plugins.networks import Huber, Modulated


@pytest.fixture
def network():
    torch.manual_seed(0)
    return Modulated(width=8, hidden=16, members=2).build(3, 4, 1).eval()


def test_instants_do_not_see_one_another_but_through_the_means(network):
    series, parameters = torch.randn(2, 12, 3), torch.randn(2, 4)
    # Swapping two instants of one stretch leaves its mean, and swaps the outputs.
    swapped = series.clone()
    swapped[:, [0, 1]] = series[:, [1, 0]]
    expected = network(series, parameters).detach().clone()
    expected[:, [0, 1]] = expected[:, [1, 0]]
    torch.testing.assert_close(network(swapped, parameters).detach(), expected)


def test_the_parameters_and_the_drive_elsewhere_matter(network):
    series, parameters = torch.randn(1, 12, 3), torch.randn(1, 4)
    before = network(series, parameters)
    assert not torch.allclose(network(series, parameters + 1.0), before)
    series[:, -1] += 1.0
    assert not torch.allclose(network(series, parameters)[:, 0], before[:, 0])


def test_an_ensemble_predicts_the_mean_and_trains_each_member_on_its_share(network):
    series, parameters = torch.randn(6, 12, 3), torch.randn(6, 4)
    each = network.each(series, parameters)
    torch.testing.assert_close(network(series, parameters), each.mean(dim=0))
    assert not torch.allclose(each[0], each[1])
    network.train()
    network(series, parameters)[:3].sum().backward()
    assert all(p.grad[0].any() and not p.grad[1].any() for p in network.parameters())


@pytest.mark.parametrize("batch", [1, 2, 5])
def test_a_batch_that_does_not_divide_into_shares_is_answered_whole(batch):
    network = Modulated(width=8, hidden=16, members=3, dropout=0.0).build(3, 4, 1).train()
    series, parameters = torch.randn(batch, 12, 3), torch.randn(batch, 4)
    each = network.each(series, parameters)
    share = -(-batch // 3)
    expected = torch.stack([each[i // share, i] for i in range(batch)])
    torch.testing.assert_close(network(series, parameters), expected)


def test_huber_is_squared_near_zero_and_absolute_far_away():
    loss, zero = Huber(delta=0.1), torch.zeros(1)
    assert float(loss(torch.tensor([0.01]), zero)) == pytest.approx(0.01**2 / 0.2, rel=1e-5)
    assert float(loss(torch.tensor([-5.0]), zero)) == pytest.approx(5.0 - 0.05, rel=1e-5)


@pytest.mark.parametrize(
    "wrong", [{"width": 0}, {"members": 0}, {"dropout": 1.0}, {"dropout": -0.1}]
)
def test_sizes_that_make_no_network_are_refused(wrong):
    with pytest.raises(DynsurError):
        Modulated(**wrong)


def test_a_huber_loss_without_a_width_is_refused():
    with pytest.raises(DynsurError, match="delta"):
        Huber(delta=0.0)
