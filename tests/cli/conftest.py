"""The program in this process, and an untrained surrogate as `dynsur run` would leave it."""

import sys

import numpy as np
import pytest
import torch
from dynsur.cli.main import main
from dynsur.core import Encoding, Scale, Surrogate, triangle
from dynsur.core.registry.host import host
from dynsur.core.surrogate.applicability import Drives, Familiarity
from dynsur.core.surrogate.conformal import Calibration
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
    phases = np.round(np.linspace(0, 500, 20)) / 500  # among the instants of a trajectory
    shapes = np.outer([0.1, 1.0], triangle(1.0, 0.5, cycles=2)(phases))
    familiarity = Familiarity(
        tuple((p.name, p.low, p.high) for p in simulator.space),
        (Drives.fit("drive", shapes, shapes),),
        20.0,
        60.0,
    )
    bands = (Calibration("displacement", 0.9, 0.01, (), (2.0,)),)
    known = ({}, bands, familiarity)
    Surrogate(module, small, simulator, encoding, phases, *known).save(tmp_path / "model")
    return tmp_path / "model"


@pytest.fixture
def dynsur(monkeypatch, capsys):
    """Runs the program in this process and returns its exit code, output and errors."""

    def call(*arguments):
        monkeypatch.setattr(sys, "argv", ["dynsur", *map(str, arguments)])
        with pytest.raises(SystemExit) as stopped:
            main()
        return stopped.value.code, *capsys.readouterr()

    return call
