"""The equilibrium of a device from textbook formulas; compiled."""

import math
from collections.abc import Mapping
from typing import Any, NamedTuple

import numpy as np

from .. import constants
from ..constants import eps_0, m_0, q
from ..parameters import TABLE_1
from .fermi import LAST, fermi, fermi_integral, fermi_integrals, log1p_exp
from .illinois import MOST_STEPS, Bracket, between, narrowed
from .jit import compiled

Columns = Mapping[str, np.ndarray]
DEVICE = np.dtype([(name, float) for name in TABLE_1.names])
TINY = 1e-60  # keeps logarithms and quotients finite where a density vanishes
NEUTRAL = 1e-10  # difference of the logarithms of positive and negative charge
CONSISTENT = 1e-9  # V, between a lowering and the one its field causes
HIGHEST = 5.0  # V: no contact is lowered by more

thermal_voltage = compiled(constants.thermal_voltage)
density_of_states = compiled(constants.density_of_states)
emission_velocity = compiled(constants.emission_velocity)
image_constant = compiled(constants.image_constant)


class Contact(NamedTuple):
    """A contact in equilibrium.

    Args:
        y: ψ/U_T at the contact, counted from the conduction band edge.
        field: Field E that lowers the electron barrier, in V/m.
        sheet: Contribution of the vacancies to this field, in V/m.
        n: Electron density, in m⁻³.
        p: Hole density, in m⁻³.
        lowered: Lowering Δ/U_T of the barrier.
    """

    y: Any
    field: Any
    sheet: Any
    n: Any
    p: Any
    lowered: Any


class Equilibrium(NamedTuple):
    """Bulk and contacts in equilibrium: numbers of one device, or arrays of shape [device].

    Args:
        U_T: Thermal voltage, in V.
        length: L, in m.
        area: W·D, in m².
        eps: ε_r ε_0/q, in 1/(V m).
        y: ψ/U_T of the neutral bulk.
        n: Electron density of the bulk, in m⁻³.
        p: Hole density, in m⁻³.
        n_a: Vacancy density, in m⁻³.
        v_n: Emission velocity of electrons, in m/s.
        v_p: Emission velocity of holes, in m/s.
        N_c: Effective density of states of the conduction band, in m⁻³.
        N_v: Effective density of states of the valence band, in m⁻³.
        E_g: Band gap, in units of U_T.
        left: Left contact.
        right: Right contact.
    """

    U_T: Any
    length: Any
    area: Any
    eps: Any
    y: Any
    n: Any
    p: Any
    n_a: Any
    v_n: Any
    v_p: Any
    N_c: Any
    N_v: Any
    E_g: Any
    left: Contact
    right: Contact


def records(values: Columns) -> np.ndarray:
    """Return one record per device from the parameters of Table 1, each of shape [device]."""
    found = np.empty(len(values["E_g"]), DEVICE)
    for name in TABLE_1.names:
        found[name] = values[name]
    return found


class _Bulk(NamedTuple):
    """The bulk in the first integral: U_T, densities of states, and ψ/U_T."""

    U_T: float
    N_c: float
    N_v: float
    E_g: float
    E_a: float
    eps: float
    y: float


@compiled
def _vacancies(device: Any, bulk: _Bulk, y: float) -> float:
    return device.N_x * math.exp(-log1p_exp(device.z_a * (y + bulk.E_a)))


@compiled
def _charged(device: Any, bulk: _Bulk, y: float) -> float:
    """Return ln(z_a n_a + p + C⁺) − ln(n + C⁻), C = C⁺ − C⁻."""
    positive = device.z_a * _vacancies(device, bulk, y) + bulk.N_v * fermi(-y - bulk.E_g)
    negative = bulk.N_c * fermi(y) + max(-device.C, 0.0)
    return math.log((positive + max(device.C, 0.0) + TINY) / (negative + TINY))


@compiled
def _neutral(device: Any) -> _Bulk:
    """Solve z_a n_a + p − n + C = 0 for ψ of the bulk."""
    U_T = thermal_voltage(device.T)
    N_c = density_of_states(device.m_n * m_0, device.T)
    N_v = density_of_states(device.m_p * m_0, device.T)
    E_g, E_a, eps = device.E_g / U_T, device.E_a / U_T, device.eps_r * eps_0 / q
    bulk = _Bulk(U_T, N_c, N_v, E_g, E_a, eps, 0.0)
    low, high = -E_g - 60.0 - abs(E_a), LAST
    ends = Bracket(low, high, _charged(device, bulk, low), _charged(device, bulk, high), 0)
    y = 0.0
    for _ in range(MOST_STEPS):
        y = between(ends)
        charged = _charged(device, bulk, y)
        if abs(charged) < NEUTRAL:
            break
        ends = narrowed(ends, y, charged)
    return _Bulk(U_T, N_c, N_v, E_g, E_a, eps, y)


@compiled
def _fields(device: Any, bulk: _Bulk, table: np.ndarray, y: float) -> tuple[float, float]:
    """Return E at a contact with y at the end of a long channel, and the vacancies' share."""
    if y >= bulk.y:
        return 0.0, 0.0
    z = device.z_a
    occupied = log1p_exp(-z * (y + bulk.E_a)) - log1p_exp(-z * (bulk.y + bulk.E_a))
    occupied *= device.N_x
    holes = fermi_integral(-y - bulk.E_g, table) - fermi_integral(-bulk.y - bulk.E_g, table)
    electrons = fermi_integral(bulk.y, table) - fermi_integral(y, table)
    total = occupied + bulk.N_v * holes - bulk.N_c * electrons + device.C * (bulk.y - y)
    factor = 2.0 * bulk.U_T / bulk.eps
    return math.sqrt(max(factor * total, 0.0)), math.sqrt(max(factor * occupied, 0.0))


@compiled
def _contact(device: Any, bulk: _Bulk, table: np.ndarray, barrier: float, other: float) -> Contact:
    """Solve Δ = √(image · E) for one barrier."""
    image = device.lowering * image_constant(device.eps_i)
    across = max((barrier - other) / (device.L * 1e-6), 0.0)
    ends = Bracket(0.0, HIGHEST, HIGHEST, -HIGHEST, 0)
    delta, y, field, sheet = 0.0, 0.0, 0.0, 0.0
    for _ in range(MOST_STEPS):
        y = (delta - barrier) / bulk.U_T
        field, sheet = _fields(device, bulk, table, y)
        excess = math.sqrt(image * max(field, across)) - delta
        if abs(excess) < CONSISTENT:
            break
        ends = narrowed(ends, delta, excess)
        delta = between(ends)
    n, p = bulk.N_c * fermi(y), bulk.N_v * fermi(-y - bulk.E_g)
    return Contact(y, max(field, across), sheet, n + TINY, p + TINY, delta / bulk.U_T)


@compiled
def solve(device: Any, table: np.ndarray) -> Equilibrium:
    """Solve the neutral bulk of one device, and each contact as the end of a long channel.

    Neutrality z_a n_a + p − n + C = 0 gives ψ of the bulk. With Δ = √(q E/(4π ε_i ε_0)) at the
    contact, the first integral E² = (2 q/ε) ∫ (z_a n_a + p − n + C) dψ from contact to bulk is a
    scalar equation for each barrier.

    Args:
        device: A record of `records`.
        table: `fermi_integrals()`.

    Source: Sze & Ng, Physics of Semiconductor Devices (2006), doi:10.1002/0470068329.
    """
    bulk = _neutral(device)
    return Equilibrium(
        bulk.U_T,
        device.L * 1e-6,
        device.W * device.D * 1e-12,
        bulk.eps,
        bulk.y,
        bulk.N_c * fermi(bulk.y) + TINY,
        bulk.N_v * fermi(-bulk.y - bulk.E_g) + TINY,
        _vacancies(device, bulk, bulk.y) + TINY,
        emission_velocity(device.m_n * m_0, device.T),
        emission_velocity(device.m_p * m_0, device.T),
        bulk.N_c,
        bulk.N_v,
        bulk.E_g,
        _contact(device, bulk, table, device.phi_L, device.phi_R),
        _contact(device, bulk, table, device.phi_R, device.phi_L),
    )


@compiled
def _solve_all(devices: np.ndarray, table: np.ndarray) -> np.ndarray:
    rows = np.empty((25, devices.size))
    for i in range(devices.size):
        e = solve(devices[i], table)
        bulk = (e.U_T, e.length, e.area, e.eps, e.y, e.n, e.p, e.n_a, e.v_n, e.v_p, e.N_c, e.N_v)
        for k in range(12):
            rows[k, i] = bulk[k]
        rows[12, i] = e.E_g
        for k in range(6):
            rows[13 + k, i], rows[19 + k, i] = e.left[k], e.right[k]
    return rows


BULK = np.dtype([(name, float) for name in Equilibrium._fields[:-2]])
CONTACT = np.dtype([(name, float) for name in Contact._fields])
PARTS = [len(Equilibrium._fields) - 2, len(Equilibrium._fields) - 2 + len(Contact._fields)]


def equilibrium(values: Columns) -> Equilibrium:
    """Solve many devices; see `solve`.

    Args:
        values: Every parameter of Table 1 by name, in the table's units, each of shape [device].
    """
    rows = _solve_all(records(values), fermi_integrals())
    bulk, left, right = np.split(rows, PARTS)
    return Equilibrium(*bulk, left=Contact(*left), right=Contact(*right))


def solved(devices: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
    """Return records of bulk and contacts, which are passed on faster than numbers.

    Args:
        devices: The devices as `records` returns them.

    Returns:
        Records `BULK`, shape [device], and `CONTACT`, shape [device, 2], with the left one first.
    """
    rows = _solve_all(devices, fermi_integrals())
    bulk, left, right = np.split(rows, PARTS)
    contacts = np.stack([_filled(CONTACT, left), _filled(CONTACT, right)], axis=1)
    return _filled(BULK, bulk), contacts


def _filled(kind: np.dtype, rows: np.ndarray) -> np.ndarray:
    found = np.empty(rows.shape[1], kind)
    for name, row in zip(kind.names or (), rows, strict=True):
        found[name] = row
    return found
