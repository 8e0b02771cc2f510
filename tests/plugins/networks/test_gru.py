"""The recurrent network remembers, looks at no future and exports."""

import pytest
import torch
from dynsur.core import DynsurError
from dynsur.core.conformance import MODEL_CHECKS
from dynsur.plugins.networks import GRU


@pytest.fixture
def network():
    torch.manual_seed(0)
    return GRU(width=6, layers=2, hidden=5, members=2).build(2, 3, 1).eval()


@pytest.mark.parametrize("check", MODEL_CHECKS, ids=lambda check: check.__name__)
def test_gru_keeps_the_promises_of_a_model(check):
    check(GRU(width=6, hidden=5))


def test_the_past_is_remembered_and_the_future_not_seen(network):
    series, parameters = torch.randn(1, 12, 2), torch.randn(1, 3)
    before = network(series, parameters)
    series[:, 5] += 1.0
    after = network(series, parameters)
    assert torch.equal(before[:, :5], after[:, :5])
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
        member.dense[-1].bias[12:] += 1.0  # behind the 2 × 6 of γ and β
    assert not torch.allclose(member(series, parameters)[:, 0], before[:, 0])


@pytest.mark.parametrize("name", ["width", "layers", "hidden", "members"])
def test_sizes_that_make_no_network_are_refused(name):
    with pytest.raises(DynsurError, match=rf"model\.{name} of gru"):
        GRU(**{name: 0})
