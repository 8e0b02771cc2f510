"""The current along a voltage in closed form, from limits in series; compiled."""

import math
from typing import Any, NamedTuple

import numpy as np

from ..constants import q
from .double_injection import Filled, fed, plasma
from .equilibrium import Columns, records, solved
from .fermi import fermi_integrals
from .jit import compiled
from .transport import (
    MIN_FIELD,
    NEGLIGIBLE,
    Carriers,
    electrons,
    holes,
    in_series,
    least_of,
    share_lost,
)
from .vacancy_drift import State, at_cathode, mirrored, moved_on, steps_for

SMALLEST, LARGEST = 1e-20, 1e3  # A: currents are limited to this range
SHORTEST = 0.02  # of the duration: charge that leaves does so no faster


class Estimate(NamedTuple):
    """The estimated current of one device at one instant, and its components.

    Args:
        current: I, signed, in A.
        emission_n: Electron emission over the cathode's barrier, in A. The components from here
            to `displacement` are magnitudes.
        bending_cathode: Band bending at the cathode, in V.
        bending_anode: Band bending at the anode, in V.
        sheet_cathode: Field of the vacancies at the cathode, in V/m.
        sheet_anode: Field of the vacancies at the anode, in V/m.
        density_cathode: Electron density at the cathode, in m⁻³.
        density_anode: Hole density at the anode, in m⁻³.
        drift: asinh(10 s), with s the drift of vacancies to the cathode in the field U/L, in
            channel lengths.
        drift_reach: The largest |s| so far.
        shift: Share of the channel that vacancies have left; negative at the cathode's end.
        drawn: Share of the channel at the cathode, or if negative at the anode, from which
            vacancies were drawn.
        lost: Share of the anode's vacancies that have left it.
        field_piled: Field of vacancies piled up at the cathode, in V/m.
        screening: Charge of the vacancies over the charge that the voltage induces.
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
    drift_reach: float
    shift: float
    drawn: float
    lost: float
    field_piled: float
    screening: float


COUNT = len(Estimate._fields)
CLIPPED = slice(1, 11)  # fields of `Estimate` kept within SMALLEST and LARGEST


def estimate(values: Columns, voltage: np.ndarray, time: np.ndarray) -> dict[str, np.ndarray]:
    """Estimate the current of devices along a voltage, and return its components as well.

    At each instant the contact that injects electrons is the cathode and the other one the anode,
    so that the estimate treats both contacts alike. The current of each carrier is limited by the
    emission q A n_eq v v_d/(v + v_d) with the drift velocity v_d = μ E at the contact (Crowell &
    Sze 1966), by the channel, and by the far contact in forward direction with
    q A v n_eq (e^{U/U_T} − 1); see `transport`. Carriers of one kind that cannot leave neutralise
    those of the other; see `double_injection`. Vacancies drift; see `vacancy_drift`. The
    displacement current is ε A dU/dt/L.

    Args:
        values: Every parameter of Table 1 by name, each of shape [device], in the table's units.
        voltage: U of the right contact, shape [device, time], in V.
        time: Instants, shape [device, time], in s.

    Returns:
        The fields of `Estimate` by name, each of shape [device, time].

    Source: Crowell & Sze (1966), doi:10.1016/0038-1101(66)90127-4; Sze & Ng, Physics of
    Semiconductor Devices (2006), doi:10.1002/0470068329.
    """
    slope = np.gradient(voltage, axis=1) / np.gradient(time, axis=1)
    devices = records(values)
    rows = _estimate_all(devices, *solved(devices), fermi_integrals(), voltage, slope, time)
    np.clip(rows[CLIPPED], SMALLEST, LARGEST, out=rows[CLIPPED])
    return dict(zip(Estimate._fields, rows, strict=True))


@compiled
def _estimate_all(
    devices: np.ndarray,
    bulks: np.ndarray,
    contacts: np.ndarray,
    table: np.ndarray,
    voltage: np.ndarray,
    slope: np.ndarray,
    time: np.ndarray,
) -> np.ndarray:
    rows = np.empty((COUNT, *voltage.shape))
    for i in range(devices.size):
        device, bulk = devices[i], bulks[i]
        shortest = SHORTEST * time[i, -1]
        state = State(0.0, 0.0, 0.0, bulk.n_a, 0.0, 0.0)
        for k in range(voltage.shape[1]):
            U, t = voltage[i, k], time[i, k]
            before, then = (voltage[i, k - 1], time[i, k - 1]) if k else (0.0, 0.0)
            steps = steps_for(device, bulk, max(abs(U), abs(before)) * (t - then))
            for m in range(steps):
                between = before + (m + 0.5) / steps * (U - before)
                cathode = contacts[i, 0 if between >= 0.0 else 1]
                state = moved_on(device, bulk, cathode, state, between, (t - then) / steps)
            side = 0 if U >= 0.0 else 1
            cathode, anode = contacts[i, side], contacts[i, 1 - side]
            elapsed = max(t, shortest)
            found = _at(device, bulk, cathode, anode, table, U, slope[i, k], elapsed, state)
            for j in range(COUNT):
                rows[j, i, k] = found[j]
    return rows


@compiled
def _at(
    device: Any,
    bulk: Any,
    cathode: Any,
    anode: Any,
    table: np.ndarray,
    voltage: float,
    slope: float,
    elapsed: float,
    state: State,
) -> Estimate:
    """Estimate one device at one instant from U, dU/dt, the time and the vacancies' state."""
    V, unit, L = abs(voltage), q * bulk.area, bulk.length
    side = 1.0 if voltage >= 0.0 else -1.0
    seen = mirrored(state, side)
    moved = at_cathode(bulk, seen)
    n = electrons(device, bulk, cathode, anode, V, moved)
    leaving = n.current + unit * bulk.n * L / elapsed
    p = holes(device, bulk, table, cathode, anode, V, moved.lost, leaving)
    current_n, current_p = _together(device, bulk, table, cathode, anode, n, p, elapsed, V)
    drifting = unit * device.z_a**2 * device.mu_x * bulk.n_a * V / L
    current_a = min(drifting, unit * bulk.n_a * L / elapsed)
    displacement = unit * bulk.eps * slope / L
    spread = V / L + bulk.n_a * L / bulk.eps
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
        cathode.sheet + MIN_FIELD,
        anode.sheet + MIN_FIELD,
        max(cathode.n, 1.0),
        max(anode.p, 1.0),
        math.asinh(10.0 * seen.drift),
        seen.reach + 1e-4,
        seen.shift,
        seen.drawn,
        share_lost(bulk, anode, moved.lost),
        min(spread, math.sqrt(2.0 * device.N_x * V / bulk.eps)) + MIN_FIELD,
        bulk.n_a * L**2 / (bulk.eps * (V + 0.1)) + 1e-4,
    )


@compiled
def _together(
    device: Any,
    bulk: Any,
    table: np.ndarray,
    cathode: Any,
    anode: Any,
    n: Carriers,
    p: Carriers,
    elapsed: float,
    V: float,
) -> tuple[float, float]:
    """Return the currents of electrons and holes, which neutralise each other's charge."""
    if p.emission < NEGLIGIBLE:
        return n.current, p.current
    both = min(n.emission, p.emission)
    out_n = in_series(bulk.v_n, device.mu_n * _layer(bulk, anode.p))
    out_p = in_series(bulk.v_p, device.mu_p * _layer(bulk, cathode.n))
    eta_p = -anode.y - bulk.E_g
    filled_n = Filled(device.mu_n, p.emission, out_p, bulk.N_v, bulk.N_c, elapsed, V)
    filled_p = Filled(device.mu_p, n.emission, out_n, bulk.N_c, bulk.N_v, elapsed, V)
    alone = max(n.channel, both)
    conducted = plasma(bulk, table, filled_n, cathode.y, alone)
    fed_p = fed(bulk, table, filled_p, eta_p, p.emission, max(p.channel, both))
    return (
        least_of(n.emission, max(alone, conducted), n.forward),
        in_series(fed_p, p.forward),
    )


@compiled
def _layer(bulk: Any, density: float) -> float:
    """Return the field of carriers accumulated at a contact, in V/m."""
    return math.sqrt(2.0 * bulk.U_T * density / bulk.eps)
