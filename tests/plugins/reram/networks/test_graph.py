"""The graph network: who hears whom, in any order; the internal state it learns."""

import numpy as np
import pytest
import torch
from dynsur.core import DynsurError
from dynsur.core.conformance import MODEL_CHECKS
from dynsur.plugins.reram import Graph, ReRAM, ReRAMState
from dynsur.plugins.reram.internal_state import FEWEST, PLACES
from dynsur.plugins.reram.networks.graph_module import Messages, chain


@pytest.fixture
def round_of_messages():
    torch.manual_seed(0)
    return Messages(8, 2)


@pytest.fixture
def network():
    torch.manual_seed(0)
    return Graph(width=8, heads=2, layers=2, hidden=6).build(2, 3, 10).eval()


def modulation(batch=3):
    return 0.3 * torch.randn(batch, 1, 8), 0.3 * torch.randn(batch, 1, 8)


@pytest.mark.parametrize("check", MODEL_CHECKS, ids=lambda check: check.__name__)
def test_graph_keeps_the_promises_of_a_model(check):
    check(Graph(width=8, heads=2, layers=2, hidden=6))


def test_a_node_hears_itself_its_neighbours_and_the_contacts():
    x, hears = chain(5)
    assert torch.equal(hears[3].nonzero()[:, 0], torch.tensor([0, 2, 3, 4, 6]))
    assert (hears.sum(dim=1) >= 3).all()
    assert (x.diff() > 0).all()
    torch.testing.assert_close(x + x.flip(0), torch.ones(7))


def test_a_change_reaches_those_who_hear_it_and_nobody_else(round_of_messages):
    x, hears = chain(6)
    h, system = torch.randn(3, 8, 8), modulation()
    before = round_of_messages(h, x, hears, *system)
    h[:, 2] += 1.0
    changed = (round_of_messages(h, x, hears, *system) != before).any(dim=2).all(dim=0)
    assert torch.equal(changed, hears[:, 2])


def test_the_order_of_the_nodes_means_nothing(round_of_messages):
    x, hears = chain(6)
    h, system, order = torch.randn(3, 8, 8), modulation(), torch.randperm(8)
    before = round_of_messages(h, x, hears, *system)
    after = round_of_messages(h[:, order], x[order], hears[order][:, order], *system)
    torch.testing.assert_close(after, before[:, order])


def test_nodes_that_are_alike_take_the_mean_of_what_they_hear(round_of_messages):
    x, hears = chain(6)
    h = torch.randn(1, 1, 8).expand(1, 8, 8)
    after = round_of_messages(h, x, hears, *modulation(1))
    torch.testing.assert_close(after, after[:, :1].expand(1, 8, 8))


def test_the_past_is_remembered_and_the_future_not_seen(network):
    series, parameters = torch.randn(2, 9, 2), torch.randn(2, 3)
    before = network(series, parameters)
    series[:, 4] += 1.0
    after = network(series, parameters)
    torch.testing.assert_close(after[:, :4], before[:, :4], rtol=0.0, atol=0.0)
    assert (after[:, 4:] != before[:, 4:]).any(dim=2).all()


def test_outputs_come_quantity_by_quantity(network):
    member = network.members[0]
    series, parameters = torch.randn(2, 4, 2), torch.randn(2, 3)
    before = network(series, parameters)
    with torch.no_grad():
        member.last.bias[1] += 1.0
    after = network(series, parameters)
    torch.testing.assert_close(after[..., :5], before[..., :5])
    torch.testing.assert_close(after[..., 5:], before[..., 5:] + 1.0)


# torch.export says so of every recurrent unit.
@pytest.mark.filterwarnings("ignore:The tensor attributes")
def test_the_exported_program_gives_the_same_for_any_batch(network):
    series, parameters = torch.randn(2, 7, 2), torch.randn(2, 3)
    batch = torch.export.Dim("batch", min=1)
    shapes = ({0: batch}, {0: batch})
    network.requires_grad_(False)
    program = torch.export.export(network, (series, parameters), dynamic_shapes=shapes)
    for count in (1, 5):
        series, parameters = torch.randn(count, 7, 2), torch.randn(count, 3)
        found = program.module()(series, parameters)
        torch.testing.assert_close(found, network(series, parameters), rtol=1e-4, atol=1e-5)


@pytest.mark.parametrize("wrong", [{"width": 0}, {"width": 9}, {"quantities": 0}])
def test_sizes_that_make_no_network_are_refused(wrong):
    with pytest.raises(DynsurError, match="model"):
        Graph(**wrong)


def test_the_state_at_the_places_is_that_of_the_profiles():
    state = ReRAMState(points=5).simulate({})
    data = ReRAM(fields=5).simulate({})
    assert np.array_equal(state["time"], data["snapshot_time"])
    place = data["x"].values / data["x"].values[-1]
    density = np.maximum(data["vacancy_density"].values, FEWEST)
    for k in (0, 5, 11):
        expected = [np.interp(PLACES[k], place, row) for row in data["potential"].values]
        assert state[f"potential_{k + 1}"].values == pytest.approx(expected, rel=1e-12)
        expected = [np.interp(PLACES[k], place, row) for row in np.log10(density)]
        assert state[f"vacancies_{k + 1}"].values == pytest.approx(expected, rel=1e-12)
    # The right contact's voltage is on top of the barriers' and the driven vacancies follow it.
    swing = np.ptp(state["potential_12"].values)
    assert 0.5 * np.ptp(state["voltage"].values) < swing < 1.5 * np.ptp(state["voltage"].values)
