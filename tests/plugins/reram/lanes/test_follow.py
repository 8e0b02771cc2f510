"""Eight devices side by side are solved as each of them is solved alone."""

import numpy as np
import pytest
from dynsur.core import Waveform
from dynsur.plugins.reram import TABLE_1, ReRAM
from dynsur.plugins.reram.coarse import ATTEMPTS
from dynsur.plugins.reram.lanes.batch import Mesh, solve_batch
from dynsur.plugins.reram.lanes.pace import EXACT, Limits

COUNT, POINTS = 20, 201
# Coarse enough to be quick: mesh and time steps of a tolerance of 0.1, Newton's method to its end.
MESH, LIMITS = Mesh(8e-12, 1.24, 33, 110), Limits(EXACT, 2e-3, 1 / 15, 2000, 3)


def solve(columns, mesh=MESH, limits=LIMITS, sign=1.0):
    """Solve devices along their triangles, or along the mirrored ones."""
    system = ReRAM(points=POINTS)
    waves = [
        system.drive({name: float(column[i]) for name, column in columns.items()})
        for i in range(len(columns["L"]))
    ]
    time = np.stack([wave.grid(POINTS) for wave in waves])
    drives = [Waveform(wave.times, tuple(sign * u for u in wave.values)) for wave in waves]
    found = solve_batch(columns, drives, time, mesh.nodes(columns["L"] * 1e-6), limits)
    return found.current, found.reasons


@pytest.fixture(scope="module")
def columns():
    return TABLE_1.sample(seed=11, start=0, count=COUNT)


@pytest.fixture(scope="module")
def solved(columns):
    return solve(columns)


def test_a_device_does_not_depend_on_its_neighbours(columns, solved):
    order = np.random.default_rng(0).permutation(COUNT)[:9]
    few = {name: column[order] for name, column in columns.items()}
    current, reasons = solve(few)
    assert np.array_equal(current, solved[0][order], equal_nan=True)
    assert reasons == [solved[1][i] for i in order]


def test_the_current_is_that_of_the_solver_of_one_device(columns, solved):
    current, reasons = solved
    assert reasons == [""] * COUNT
    errors = []
    for i in range(COUNT):
        device = {name: float(column[i]) for name, column in columns.items()}
        alone = ReRAM(points=POINTS, tolerance=0.1).simulate(device)["current"].values
        errors.append(np.abs(current[i] - alone).max() / max(np.abs(alone).max(), 1e-18))
    # The meshes differ a little, and each is within a tenth of the converged current.
    assert np.median(errors) < 0.02
    assert np.quantile(errors, 0.9) < 0.1


def test_a_mirrored_device_carries_the_mirrored_current(columns):
    few = {name: column[:8] for name, column in columns.items()}
    mirrored = {**few, "phi_L": few["phi_R"], "phi_R": few["phi_L"]}
    current, _ = solve(few)
    other, _ = solve(mirrored, sign=-1.0)
    peak = np.maximum(np.abs(current).max(axis=1), 1e-18)
    assert (np.abs(current + other).max(axis=1) / peak).max() < 2e-2


def test_an_unsolved_device_says_where_and_why(columns):
    few = {name: column[:2] for name, column in columns.items()}
    mesh, limits = ATTEMPTS[0]
    current, reasons = solve(few, mesh, limits._replace(solves=5))
    assert np.isnan(current).all()
    assert all("V: more than the allowed linear solves" in reason for reason in reasons)
