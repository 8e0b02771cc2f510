"""The block elimination solves the system it is given, huge conductances included."""

import numpy as np
import pytest
from dynsur.plugins.reram.drift_diffusion.block_elimination import eliminate, substitute
from dynsur.plugins.reram.drift_diffusion.device import make_device
from dynsur.plugins.reram.drift_diffusion.mesh import graded_mesh
from dynsur.plugins.reram.drift_diffusion.unknowns import State, allocate, residual
from dynsur.plugins.reram.simulator import TABLE_1

NODES = 9


def a_system(conductance):
    rng = np.random.default_rng(1)
    work = allocate(NODES)
    for array in (work.storage, work.flux, work.border):
        array[:] = rng.normal(size=array.shape)
    work.dstorage[:] = rng.normal(size=(NODES, 4, 4)) + 6.0 * np.eye(4)
    work.G[:], work.H[:] = (
        conductance * rng.random((NODES - 1, 4, 2)),
        rng.random((NODES - 1, 4, 2)),
    )
    work.G[:, 0, 1] = work.H[:, 0, 1] = 0.0
    return work


def fluxes(work, drop, right):
    """G (x_k − x_{k+1}) + H x_{k+1} over every edge, shape [4, edge]."""
    own = np.array([0.0, 1.0, 1.0, 1.0])[:, None]
    total = work.G[:, :, 0].T * drop[0] + own * work.G[:, :, 1].T * drop
    return total + work.H[:, :, 0].T * right[0] + own * work.H[:, :, 1].T * right


@pytest.mark.parametrize("conductance", [1.0, 1e12])
def test_every_row_of_the_linear_system_is_satisfied(conductance):
    work = a_system(conductance)
    device = make_device(TABLE_1.values({}), graded_mesh(1e-6, 1e-8, 1 / 4)[:NODES])
    state = State(np.zeros((4, NODES)), np.zeros((3, NODES + 1)), np.zeros(1))
    eliminate(work)
    dbeta = substitute(device, state, work, 0.3)
    flux = fluxes(work, work.drop, work.step[:, 1:])
    for k in range(NODES):
        row = work.dstorage[k] @ work.step[:, k]
        row += (flux[:, k] if k < NODES - 1 else 0.0) - (flux[:, k - 1] if k > 0 else 0.0)
        row += [residual(work.storage, work.flux, i, k) for i in range(4)]
        row[0] += work.border[k] * dbeta
        # Nodal values alone would leave 1e12 times the rounding of 1e-16 here.
        np.testing.assert_allclose(row, 0.0, atol=1e-7)
    rounding = 1e-15 * np.abs(work.step).max()
    np.testing.assert_allclose(work.drop, work.step[:, :-1] - work.step[:, 1:], atol=rounding)
