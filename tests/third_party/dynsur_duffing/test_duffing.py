"""The Duffing oscillator keeps every promise of a simulator."""

import pytest
from dynsur.core.conformance import SIMULATOR_CHECKS
from dynsur_duffing import DUFFING


@pytest.mark.parametrize("check", SIMULATOR_CHECKS, ids=lambda check: check.__name__)
def test_duffing_keeps_its_promise(check):
    check(DUFFING)
