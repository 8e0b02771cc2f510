import numpy as np
import torch
from dynsur.core.surrogate.sequences import found_state
from dynsur.plugins.networks import NLSS


def test_the_first_state_is_found_from_the_first_outputs():
    with torch.random.fork_rng():
        torch.manual_seed(3)
        member = NLSS(states=4, width=6).build(1, 1, 1).members[0].double().eval()
        series, parameters = torch.rand(2, 300, 1, dtype=torch.float64), torch.zeros(2, 1).double()
        start = torch.randn(2, 4, dtype=torch.float64)
    with torch.no_grad():
        truth = member(series, parameters, start)
        plain = member(series, parameters)
        target = truth[:, :50].clone()
        target[0, 3] = torch.nan  # a point that was not measured
        found = found_state(member, series, parameters, target)
        again = member(series, parameters, found)
    error, before = ((x - truth)[:, :50].abs().max() for x in (again, plain))
    assert error < 0.02 * before
    np.testing.assert_allclose(again[:, 100:], truth[:, 100:], atol=0.02 * float(before))
