"""The compact models keep every promise of a simulator."""

import pytest
from dynsur.core.conformance import SIMULATOR_CHECKS, chain
from dynsur.plugins.memristors import LINEAR_ION_DRIFT, SIMMONS, TEAM, VTEAM, YAKOPCIC

SYSTEMS = [LINEAR_ION_DRIFT, SIMMONS, TEAM, VTEAM, YAKOPCIC]
IN_PROCESS = [check for check in SIMULATOR_CHECKS if check is not chain.runs_end_to_end]


@pytest.mark.parametrize("check", IN_PROCESS, ids=lambda check: check.__name__)
@pytest.mark.parametrize("system", SYSTEMS, ids=lambda system: system.name)
def test_compact_models_keep_every_promise(system, check):
    check(system)


@pytest.mark.slow
@pytest.mark.parametrize("system", SYSTEMS, ids=lambda system: system.name)
def test_compact_models_run_end_to_end(system):
    chain.runs_end_to_end(system)
