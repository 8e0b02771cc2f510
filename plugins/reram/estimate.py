"""The current along a voltage in closed form: what limits each carrier, in series; compiled."""

import math
from typing import Any, NamedTuple

import numpy as np
from numba import njit

from .closed_form import Columns, Contact, Equilibrium, fermi_integrals, records, solve
from .physics import q

SMALLEST, LARGEST = 1e-20, 1e3  # A: what currents below and above are said to be
SHORTEST = 0.02  # of the duration: charge that leaves does so no faster
WEAK = 1e3  # V/m: what fields below this are said to be


class Carriers(NamedTuple):
    """What limits electrons or holes, each in A, and their current."""

    emission: float
    channel: float
    forward: float
    current: float


class Estimate(NamedTuple):
    """The estimated current of one device at one instant, and what it is made of.

    Args:
        current: I, signed, in A.
        emission_n: Electrons emitted over the cathode's barrier, in A; so on down to
            `displacement`, all without sign.
        bending_cathode: Band bending at the cathode, in V.
        bending_anode: The same at the anode.
        sheet_cathode: Field of the vacancies at the cathode, in V/m.
        sheet_anode: The same at the anode.
        density_cathode: Electron density at the cathode, in m⁻³.
        density_anode: Hole density at the anode, in m⁻³.
        drift: tanh of the channel lengths s that vacancies have drifted towards the cathode.
        drift_small: asinh(10 s).
        drift_reach: The largest |s| so far.
        field_piled: Field of vacancies piled up at the cathode, in V/m.
        screening: Vacancies' charge over what the voltage induces.
    """

    current: float
    emission_n: float
    channel_n: float
    forward_n: float
    emission_p: float
    channel_p: float
    forward_p: float
    current_n: float
    current_p: float
    current_a: float
    displacement: float
    bending_cathode: float
    bending_anode: float
    sheet_cathode: float
    sheet_anode: float
    density_cathode: float
    density_anode: float
    drift: float
    drift_small: float
    drift_reach: float
    field_piled: float
    screening: float


CLIPPED = slice(1, 11)  # fields of `Estimate` kept within SMALLEST and LARGEST


def estimate(values: Columns, voltage: np.ndarray, time: np.ndarray) -> dict[str, np.ndarray]:
    """Estimate the current of devices along a voltage, and give what it is made of.

    At each instant the contact that injects electrons is the cathode, the other one the anode:
    an estimate does not know left from right. Each carrier's current is the series connection
    of emission q A n_eq v v_d/(v + v_d) with the drift velocity v_d = μ E at the contact (Crowell
    & Sze 1966), of the channel, ohmic q A μ n U/L or space-charge limited 9/8 A ε μ U²/L³, and
    of the far contact in forward direction, q A v n_eq (e^{U/U_T} − 1). Holes meet the anode's
    built-in barrier too, less what the electrons' current and punch-through take off it.
    Vacancies drift; the displacement current is ε A dU/dt/L. Vacancies stay where they are.

    Args:
        values: Every parameter of Table 1 by name, in the table's units, each of shape [device].
        voltage: U of the right contact, shape [device, time], in V.
        time: Instants, shape [device, time], in s.

    Returns:
        The fields of `Estimate` by name, each of shape [device, time].

    Source: Crowell & Sze (1966), doi:10.1016/0038-1101(66)90127-4; Sze & Ng, Physics of
    Semiconductor Devices (2006), doi:10.1002/0470068329.
    """
    slope = np.gradient(voltage, axis=1) / np.gradient(time, axis=1)
    rows = _estimate_all(records(values), fermi_integrals(), voltage, slope, time)
    np.clip(rows[CLIPPED], SMALLEST, LARGEST, out=rows[CLIPPED])
    return dict(zip(Estimate._fields, rows, strict=True))


@njit(cache=True, error_model="numpy")
def _estimate_all(
    devices: np.ndarray,
    table: np.ndarray,
    voltage: np.ndarray,
    slope: np.ndarray,
    time: np.ndarray,
) -> np.ndarray:
    rows = np.empty((22, *voltage.shape))
    for i in range(devices.size):
        device = devices[i]
        bulk = solve(device, table)
        shortest = SHORTEST * time[i, -1]
        drift = reach = before = 0.0
        then = 0.0
        for k in range(voltage.shape[1]):
            U, t = voltage[i, k], time[i, k]
            mean = 0.5 * (U + before) if k else 0.5 * U
            drift += device.mu_x / bulk.length**2 * mean * (t - then)
            reach = max(reach, abs(drift))
            before, then = U, t
            found = _at(device, bulk, U, slope[i, k], max(t, shortest), drift, reach)
            for j in range(22):
                rows[j, i, k] = found[j]
    return rows


@njit(cache=True, error_model="numpy")
def _at(
    device: Any,
    bulk: Equilibrium,
    voltage: float,
    slope: float,
    elapsed: float,
    drift: float,
    reach: float,
) -> Estimate:
    """Estimate one device at one instant: U, dU/dt, the time since t = 0 and the drift so far."""
    V, unit = abs(voltage), q * bulk.area
    cathode, anode = (bulk.left, bulk.right) if voltage >= 0.0 else (bulk.right, bulk.left)
    charge = device.z_a * bulk.n_a + device.C
    surplus = V - charge * bulk.length**2 / (2.0 * bulk.eps)
    n = _electrons(device, bulk, cathode, anode, V, charge)
    p = _holes(device, bulk, cathode, anode, V, surplus, n.current, elapsed)
    # Where both are injected they neutralise each other: space charge limits neither.
    plasma = min(n.emission, p.emission)
    current_n = _in_series(n.emission, max(n.channel, plasma), n.forward)
    current_p = _in_series(p.emission, max(p.channel, plasma), p.forward)
    drifting = unit * device.z_a**2 * device.mu_x * bulk.n_a * V / bulk.length
    current_a = min(drifting, unit * bulk.n_a * bulk.length / elapsed)
    displacement = unit * bulk.eps * slope / bulk.length
    spread = V / bulk.length + bulk.n_a * bulk.length / bulk.eps
    return Estimate(
        np.sign(voltage) * (current_n + current_p + current_a) + displacement,
        n.emission,
        n.channel,
        n.forward,
        p.emission,
        p.channel,
        p.forward,
        current_n,
        current_p,
        current_a,
        abs(displacement),
        (bulk.y - cathode.y) * bulk.U_T,
        (bulk.y - anode.y) * bulk.U_T,
        cathode.sheet + WEAK,
        anode.sheet + WEAK,
        max(cathode.n, 1.0),
        max(anode.p, 1.0),
        math.tanh(drift if voltage >= 0.0 else -drift),
        math.asinh(10.0 * (drift if voltage >= 0.0 else -drift)),
        reach + 1e-4,
        min(spread, math.sqrt(2.0 * device.N_x * V / bulk.eps)) + WEAK,
        bulk.n_a * bulk.length**2 / (bulk.eps * (V + 0.1)) + 1e-4,
    )


@njit(cache=True, error_model="numpy")
def _electrons(
    device: Any, bulk: Equilibrium, cathode: Contact, anode: Contact, V: float, charge: float
) -> Carriers:
    """Return what limits electrons: the cathode, the channel, the anode."""
    unit, U_T, L = q * bulk.area, bulk.U_T, bulk.length
    spread = max(V / L + charge * L / (2.0 * bulk.eps), cathode.field)
    depleted = math.sqrt(cathode.field**2 + 2.0 * charge * V / bulk.eps)
    velocity = device.mu_n * max(min(depleted, spread), U_T / L)
    emission = unit * cathode.n * _in_series(bulk.v_n, velocity, np.inf) * -math.expm1(-V / U_T)
    channel = _channel(bulk, device.mu_n, bulk.n, V)
    forward = unit * bulk.v_n * anode.n * math.expm1(min(V / U_T, 300.0))
    return Carriers(emission, channel, forward, _in_series(emission, channel, forward))


@njit(cache=True, error_model="numpy")
def _holes(
    device: Any,
    bulk: Equilibrium,
    cathode: Contact,
    anode: Contact,
    V: float,
    surplus: float,
    electrons: float,
    elapsed: float,
) -> Carriers:
    """Return what limits holes: the anode behind its barrier, the channel, the cathode.

    The anode's built-in barrier is lower by what it takes to let the electrons' current out, and
    those that the channel holds, or by the voltage beyond punch-through.
    """
    unit, U_T, L = q * bulk.area, bulk.U_T, bulk.length
    leaving = electrons + unit * bulk.n * L / elapsed
    opened = U_T * math.log1p(leaving / (unit * bulk.v_n * anode.n))
    taken_off = min(max(opened, surplus), V)
    barrier = min(max((bulk.y - anode.y) * U_T - taken_off, 0.0), 600.0 * U_T)
    velocity = device.mu_p * max(max(surplus, 0.0) / L, U_T / L)
    injected = anode.p * math.exp(-barrier / U_T)
    emission = unit * injected * _in_series(bulk.v_p, velocity, np.inf) * -math.expm1(-V / U_T)
    channel = _channel(bulk, device.mu_p, bulk.p, V)
    forward = unit * bulk.v_p * cathode.p * math.expm1(min(V / U_T, 300.0))
    return Carriers(emission, channel, forward, _in_series(emission, channel, forward))


@njit(cache=True, error_model="numpy")
def _channel(bulk: Equilibrium, mobility: float, density: float, V: float) -> float:
    ohmic = q * bulk.area * mobility * density * V / bulk.length
    space_charge = 9.0 / 8.0 * bulk.area * bulk.eps * q * mobility * V**2 / bulk.length**3
    return max(ohmic, space_charge)


@njit(cache=True, error_model="numpy")
def _in_series(a: float, b: float, c: float) -> float:
    return 1.0 / (1.0 / (a + 1e-100) + 1.0 / (b + 1e-100) + 1.0 / (c + 1e-100))
