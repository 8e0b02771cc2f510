"""Which instants of a curve a gradient step sees."""

import pytest
import torch
from dynsur.core.training.epoch import _some_instants


@pytest.mark.parametrize(("points", "count"), [(101, 20), (7, 3), (50, 49)])
def test_each_of_equal_stretches_gives_one_instant_and_any_of_its_own(points, count):
    torch.manual_seed(0)
    series = torch.arange(points).expand(2, points)[..., None]
    edges = torch.linspace(0, points, count + 1).round()
    seen = set()
    for _ in range(400):
        drawn, target = _some_instants(series, series, count)
        assert torch.equal(drawn, target)
        instants = drawn[0, :, 0]
        assert (edges[:-1] <= instants).all()
        assert (instants < edges[1:]).all()
        seen |= set(instants.tolist())
    assert seen == set(range(points))


def test_none_or_more_than_there_are_means_all():
    series = torch.arange(5)[None, :, None]
    for count in (0, 5, 9):
        assert torch.equal(_some_instants(series, series, count)[0], series)
