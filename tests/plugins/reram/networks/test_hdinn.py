"""HDiNN sees the past of the series and all parameters, at every size."""

import dataclasses

import pytest
import torch
from dynsur.core import DynsurError
from dynsur.plugins.reram import HDiNN

SMALL = HDiNN(channels=4, width=6, dense=5, dropout=0.0, members=1)


@pytest.mark.parametrize("conditioned", [True, False])
def test_it_maps_series_and_parameters_to_a_series(conditioned):
    config = HDiNN(channels=4, width=6, dense=5, layers=2, conditioned=conditioned)
    module = config.build(series=2, parameters=3, outputs=2)
    assert module(torch.rand(5, 11, 2), torch.rand(5, 3)).shape == (5, 11, 2)


def test_every_parameter_reaches_the_output():
    torch.manual_seed(0)
    module = SMALL.build(2, 3, 1)
    parameters = torch.rand(1, 3, requires_grad=True)
    module(torch.rand(1, 11, 2), parameters).sum().backward()
    assert (parameters.grad.abs() > 0).all()


def test_an_output_remembers_the_past_but_not_the_future_beyond_the_kernel():
    torch.manual_seed(0)
    module = SMALL.build(1, 2, 1)
    series = torch.rand(1, 30, 1, requires_grad=True)
    module(series, torch.rand(1, 2))[0, 15, 0].backward()
    reach = 2 * (SMALL.kernel // 2)
    slope = series.grad.flatten().abs()
    assert (slope[:15] > 0).all()
    assert slope[15 + reach + 1 :].max() == 0


def test_dropout_acts_in_training_alone():
    torch.manual_seed(0)
    module = dataclasses.replace(SMALL, dropout=0.5).build(1, 2, 1)
    series, parameters = torch.rand(1, 9, 1), torch.rand(1, 2)
    assert not torch.equal(module(series, parameters), module(series, parameters))
    module.eval()
    assert torch.equal(module(series, parameters), module(series, parameters))


def test_impossible_sizes_are_refused():
    with pytest.raises(DynsurError, match="must be odd; got 4"):
        HDiNN(kernel=4)
    with pytest.raises(DynsurError, match="at least 1"):
        HDiNN(width=0)
    with pytest.raises(DynsurError, match="dropout must lie"):
        HDiNN(dropout=1.0)


def test_the_prediction_is_the_mean_of_its_members():
    torch.manual_seed(0)
    module = dataclasses.replace(SMALL, members=3).build(1, 2, 1).eval()
    series, parameters = torch.rand(2, 9, 1), torch.rand(2, 2)
    mean = sum(member(series, parameters) for member in module.members) / 3
    torch.testing.assert_close(module(series, parameters), mean)


def test_in_training_every_sample_teaches_one_member_only():
    torch.manual_seed(0)
    module = dataclasses.replace(SMALL, members=3).build(1, 2, 1)
    module(torch.rand(6, 9, 1), torch.rand(6, 2))[2].sum().backward()
    taught = [member.dense[0].weight.grad is not None for member in module.members]
    touched = [
        got and bool(member.dense[0].weight.grad.abs().max() > 0)
        for got, member in zip(taught, module.members, strict=True)
    ]
    assert touched == [False, True, False]
