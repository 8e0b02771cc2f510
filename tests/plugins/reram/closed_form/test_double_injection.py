"""What a channel filled with blocked carriers conducts, and what its contact feeds into it."""

import numpy as np
import pytest
from dynsur.plugins.reram import TABLE_1
from dynsur.plugins.reram.closed_form.double_injection import Filled, fed, plasma
from dynsur.plugins.reram.closed_form.equilibrium import records, solved
from dynsur.plugins.reram.closed_form.fermi import fermi_integrals
from dynsur.plugins.reram.closed_form.transport import in_series
from dynsur.plugins.reram.constants import q

TABLE = fermi_integrals()


def default_bulk():
    values = TABLE_1.values().items()
    return solved(records({name: np.array([v]) for name, v in values}))[0][0]


def filled(entering=1e-18, elapsed=1e9, V=0.0):
    """Return a channel of free carriers of 0.1 m²/(V s) with as many blocked ones as stated."""
    return Filled(0.1, entering, 1e5, 1e25, 2e25, elapsed, V)


def test_blocked_carriers_fill_the_channel_by_the_law_of_mass_action():
    bulk = default_bulk()
    level = -12.0
    n_s = 1e-18 / (q * bulk["area"] * 1e5)
    n = np.sqrt(n_s * 2e25 * np.exp(level))
    current = plasma(bulk, TABLE, filled(), level, 0.0)
    assert current == pytest.approx(
        2.0 * q * bulk["area"] * 0.1 * bulk["U_T"] * n / bulk["length"], rel=0.01
    )
    young = plasma(bulk, TABLE, filled(elapsed=1e-9), level, 0.0)
    supplied = 2.0 * 1e-18 * 1e-9 / (q * bulk["area"] * bulk["length"])
    assert young == pytest.approx(current * supplied / n, rel=0.01)


def test_a_weak_plasma_is_in_series_with_its_contact():
    bulk = default_bulk()
    conducted = plasma(bulk, TABLE, filled(), -12.0, 0.0)
    emission = 200.0 * conducted
    assert fed(bulk, TABLE, filled(), -12.0, emission, 0.0) == in_series(emission, conducted)


@pytest.mark.parametrize("level", [-3.0, 8.0])
def test_a_contact_feeds_a_plasma_what_it_conducts_at_the_level_left(level):
    bulk = default_bulk()
    conducted = plasma(bulk, TABLE, filled(), level, 0.0)
    fed_current = fed(bulk, TABLE, filled(), level, conducted, 0.0)
    left = 1.0 - fed_current / conducted
    fallen = level * left ** (2.0 / 3.0) if level > 1.0 else level + np.log(left)
    assert fed_current == pytest.approx(plasma(bulk, TABLE, filled(), fallen, 0.0), rel=0.05)
    if level < 0.0:  # x² = 1 − x
        assert fed_current / conducted == pytest.approx((np.sqrt(5.0) - 1.0) / 2.0, rel=0.1)
