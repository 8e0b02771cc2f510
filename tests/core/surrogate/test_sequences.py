import numpy as np
import torch
from dynsur.core.surrogate.sequences import found_state, without_runaways
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


def test_a_member_that_runs_away_takes_no_others_with_it():
    rng = np.random.default_rng(0)
    calm = rng.random((3, 2, 40, 1))
    assert without_runaways(calm) is calm
    wild = calm.copy()
    wild[1, 0] *= np.geomspace(1.0, 1e5, 40)[:, None]  # on the first record only
    found = without_runaways(wild)
    assert np.array_equal(found[:, 1], calm[:, 1])
    assert np.allclose(found.mean(axis=0)[0], calm[[0, 2], 0].mean(axis=0))
    everywhere = wild + 1e4
    assert np.array_equal(without_runaways(everywhere), everywhere)  # nothing better is known
    lost = calm.copy()
    lost[2, 1, 7] = np.nan
    assert np.isfinite(without_runaways(lost)).all()
