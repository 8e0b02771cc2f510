"""The compact models keep every promise of a simulator."""

import dataclasses

import pytest
from dynsur.core.conformance import SIMULATOR_CHECKS, chain
from dynsur.plugins.memristors import LINEAR_ION_DRIFT, SIMMONS, TEAM, VTEAM, YAKOPCIC

# The split of the voltage makes a device of Simmons' take a second at its own tolerances.
QUICK = dataclasses.replace(SIMMONS, relative_tolerance=1e-3, absolute_tolerance=1e-5)
SYSTEMS = [LINEAR_ION_DRIFT, QUICK, TEAM, VTEAM, YAKOPCIC]
IN_PROCESS = [check for check in SIMULATOR_CHECKS if check is not chain.runs_end_to_end]


@pytest.mark.parametrize("check", IN_PROCESS, ids=lambda check: check.__name__)
@pytest.mark.parametrize("system", SYSTEMS, ids=lambda system: system.name)
def test_compact_models_keep_every_promise(system, check):
    check(system)


@pytest.mark.slow
@pytest.mark.parametrize("system", SYSTEMS, ids=lambda system: system.name)
def test_compact_models_run_end_to_end(system):
    """The suite runs VTEAM end to end where it extends the run folder of an earlier version."""
    chain.runs_end_to_end(dataclasses.replace(system, points=41))
