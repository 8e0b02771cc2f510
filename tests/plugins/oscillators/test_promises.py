"""Every oscillator keeps the promises of a simulator."""

import dataclasses

import pytest
from dynsur.core.conformance import SIMULATOR_CHECKS, chain
from dynsur.plugins.oscillators import FITZHUGH_NAGUMO, LORENZ, bouc_wen, silverbox

# The multisine of the Silverbox turns too often to be recorded at 41 instants.
SYSTEMS = [
    dataclasses.replace(system, points=points, relative_tolerance=1e-4)
    for system, points in (
        (LORENZ, 41),
        (FITZHUGH_NAGUMO, 41),
        (bouc_wen(41), 41),
        (silverbox(201), 201),
    )
]
IN_PROCESS = [check for check in SIMULATOR_CHECKS if check is not chain.runs_end_to_end]


@pytest.mark.parametrize("check", IN_PROCESS, ids=lambda check: check.__name__)
@pytest.mark.parametrize("system", SYSTEMS, ids=lambda system: system.name)
def test_an_oscillator_keeps_every_promise(system, check):
    check(system)


@pytest.mark.parametrize(
    "system",
    [SYSTEMS[0], *(pytest.param(s, marks=pytest.mark.slow) for s in SYSTEMS[1:])],
    ids=lambda system: system.name,
)
def test_an_oscillator_runs_end_to_end(system):
    """Lorenz' system is left to itself; a compact memristor model stands for those with a drive."""
    chain.runs_end_to_end(system)
