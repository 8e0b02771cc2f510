"""Every oscillator keeps the promises of a simulator."""

import dataclasses

import pytest
from dynsur.core.conformance import check_simulator
from dynsur.plugins.oscillators import FITZHUGH_NAGUMO, LORENZ, bouc_wen, silverbox


@pytest.mark.parametrize(
    "system",
    [bouc_wen(41), silverbox(201), FITZHUGH_NAGUMO, LORENZ],
    ids=lambda system: system.name,
)
def test_an_oscillator_keeps_every_promise(system):
    # The multisine of the Silverbox turns too often to be recorded at 41 instants.
    points = 201 if system.name == "silverbox" else 41
    check_simulator(dataclasses.replace(system, points=points, relative_tolerance=1e-4))
