"""Every oscillator keeps the promises of a simulator; metrics and hidden parameters arrive."""

import dataclasses

import pytest
from dynsur.core.conformance import check_simulator
from dynsur.plugins.oscillators import BOUC_WEN, FITZHUGH_NAGUMO, LORENZ, SILVERBOX


@pytest.mark.parametrize(
    "system", [BOUC_WEN, SILVERBOX, FITZHUGH_NAGUMO, LORENZ], ids=lambda system: system.name
)
def test_an_oscillator_keeps_every_promise(system):
    check_simulator(dataclasses.replace(system, points=41, relative_tolerance=1e-4))
