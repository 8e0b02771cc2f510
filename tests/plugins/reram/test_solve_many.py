"""A batch of devices is solved as each of them is alone."""

import os
import subprocess
import sys

import numpy as np
import pytest
from dynsur.core import Waveform
from dynsur.plugins.reram import TABLE_1, ReRAM

COUNT = 12
COARSE = {"tolerance": 0.1, "points": 201}  # quick; the mesh and the steps are those of `simulate`


@pytest.fixture(scope="module")
def columns():
    return TABLE_1.sample(seed=5, start=0, count=COUNT)


def device(columns, i):
    return {name: float(column[i]) for name, column in columns.items()}


@pytest.mark.parametrize(
    "settings",
    [
        {},
        {"contacts": "ohmic"},
        {"statistics": "boltzmann"},
        {"waveform": Waveform((0.0, 1.0, 1.1, 4.0), (0.0, 3.0, -3.0, -3.0))},
    ],
    ids=["default", "ohmic", "boltzmann", "waveform"],
)
def test_every_device_has_the_current_it_has_alone(columns, settings):
    system = ReRAM(**COARSE, **settings)
    rows = system.simulate_batch(columns)
    differences = []
    for i in range(COUNT):
        alone = system.simulate(device(columns, i))
        assert rows["reason"][i] == alone["reason"].item()
        for name in ("time", "voltage"):
            assert np.array_equal(rows[name][i], alone[name].values, equal_nan=True)
        if not rows["reason"][i]:
            peak = max(np.abs(alone["current"].values).max(), 1e-18)
            differences.append(np.abs(rows["current"][i] - alone["current"].values).max() / peak)
    # Sums in another order may let step control decide otherwise, within its tolerance.
    assert np.median(differences) < 1e-6
    assert max(differences) < 0.01


def test_lengths_share_a_batch(columns):
    lengths = {**device(columns, 0), "L": np.geomspace(0.05, 20.0, 8)}
    system = ReRAM(**COARSE)
    rows = system.simulate_batch(lengths)
    for i in (0, 7):
        alone = system.simulate({**device(columns, 0), "L": float(lengths["L"][i])})
        assert rows["reason"][i] == alone["reason"].item()
        scale = np.abs(alone["current"].values).max()
        np.testing.assert_allclose(rows["current"][i], alone["current"].values, atol=1e-4 * scale)


def test_what_a_batch_does_not_solve_is_tried_alone_and_says_why(columns):
    system = ReRAM(**COARSE, solves=3)
    rows = system.simulate_batch({name: column[:2] for name, column in columns.items()})
    assert (rows["status"] > 0).all()
    assert np.isnan(rows["current"]).all()
    for i, reason in enumerate(rows["reason"]):
        assert reason == system.simulate(device(columns, i))["reason"].item()
        assert "simulator.solves" in reason


def test_no_device_depends_on_those_beside_it(columns):
    """To the last bit: a sample of a store is verified in another batch than it was made in."""
    whole = ReRAM(**COARSE).simulate_batch(columns)["current"]
    for some in ([7], [3, 11], [11, 0, 5]):
        part = ReRAM(**COARSE).simulate_batch({n: c[some] for n, c in columns.items()})
        np.testing.assert_array_equal(part["current"], whole[some])


RUN = """
import hashlib
from dynsur.plugins.reram import TABLE_1, ReRAM
found = ReRAM(points=101).simulate_batch(TABLE_1.sample(seed=5, start=0, count=32))
print(hashlib.sha256(found["current"].tobytes()).hexdigest())
"""


@pytest.mark.slow
def test_a_process_that_compiles_the_solver_and_one_that_loads_it_agree_to_the_last_bit(tmp_path):
    told = [
        subprocess.run(
            [sys.executable, "-c", RUN],
            env={**os.environ, "NUMBA_CACHE_DIR": str(tmp_path)},
            check=True,
            capture_output=True,
            text=True,
        ).stdout
        for _ in range(2)
    ]
    assert told[0] == told[1] != ""
