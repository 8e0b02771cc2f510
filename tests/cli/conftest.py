"""A surrogate to use, as `dynsur run` would leave it but untrained."""

import numpy as np
import pytest
import torch
from dynsur.core import Encoding, Scale, Surrogate
from dynsur.core.host import host
from dynsur.plugins.reram import HDiNN


@pytest.fixture
def model(tmp_path):
    simulator = host().simulator("duffing")
    names = simulator.space.names
    encoding = Encoding(
        (Scale("phase"), Scale("drive")), tuple(map(Scale, names)), (Scale("displacement"),)
    )
    small = HDiNN(channels=4, width=4, dense=4, members=1)
    with torch.random.fork_rng():
        torch.manual_seed(0)
        module = small.build(2, len(names), 1).eval()
    phases = np.linspace(0, 1, 20)
    Surrogate(module, small, simulator, encoding, phases, {}).save(tmp_path / "model")
    return tmp_path / "model"
