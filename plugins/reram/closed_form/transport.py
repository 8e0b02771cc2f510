"""The limits of the electron and hole currents at one voltage, in closed form; compiled.

Throughout, `device` is a record of `closed_form.records`, `bulk` and the contacts are records of
`closed_form.solved`.
"""

import math
from typing import Any, NamedTuple

import numpy as np

from ..constants import q
from .fermi import fermi_of
from .jit import compiled

MIN_FIELD = 1e3  # V/m: weaker fields count as this one
NEGLIGIBLE = 1e-24  # A: what less than this limits or neutralises is not worked out


class Carriers(NamedTuple):
    """The limits of the current of electrons or holes, each in A, and the current."""

    emission: float
    channel: float
    forward: float
    current: float


class Moved(NamedTuple):
    """The distribution of the vacancies, relative to the present cathode and anode.

    Args:
        depleted: Length of the zone that vacancies have left, in m.
        drawn: Length of the zone at the anode from which they were drawn, in m.
        residue: Density that is left in that zone, in m⁻³.
        piled: Field at the cathode of the vacancies accumulated there, in V/m.
        lost: Vacancies that have left the anode, in m⁻².
    """

    depleted: float
    drawn: float
    residue: float
    piled: float
    lost: float


@compiled
def in_series(a: float, b: float) -> float:
    """Return 1/(1/a + 1/b)."""
    return a * b / (a + b + 1e-100)


@compiled
def least_of(a: float, b: float, c: float) -> float:
    """Return (a⁻² + b⁻² + c⁻²)^(−1/2), a smooth minimum of the three."""
    least = min(min(a, b), c) + 1e-100
    squares = 0.0
    for current in (a, b, c):
        ratio = least / (current + 1e-100)
        squares += ratio * ratio
    return least / math.sqrt(squares)


@compiled
def fixed_charge(device: Any, bulk: Any) -> float:
    """Return the fixed charge of the channel, z_a n_a + C, in m⁻³."""
    return device.z_a * bulk.n_a + device.C


@compiled
def space_charge(bulk: Any, mobility: float, length: float) -> float:
    """Return I/U² of a space-charge-limited current, 9/8 q A ε μ/L³ (Mott & Gurney 1940)."""
    return 9.0 / 8.0 * (q * bulk.area * mobility) * bulk.eps / length**3


@compiled
def two_zones(device: Any, bulk: Any, V: float, d: float, residue: float) -> tuple[float, float]:
    """Return the electron current through a neutral and a depleted zone, and the first one's field.

    V = R I + V_d with R = (L − d)/(q A μ n) and I = a V_d² + b V_d, a = 9/8 q A μ ε/d³ and
    b = q A μ (C' + 4π² ε U_T/d²)/d. The current of the depleted zone is limited by space charge,
    and at small voltages carried by electrons that diffuse into it. The root of
    R a V_d² + (1 + R b) V_d − V = 0, free of cancellation, is
    V_d = 2 V/(1 + R b + √((1 + R b)² + 4 R a V)).

    Source: Mott & Gurney (1940); Wetzelaer & Blom (2014), Phys. Rev. B 89, 241201.
    """
    unit, L = q * bulk.area * device.mu_n, bulk.length
    R = (L - d) / (unit * bulk.n) + 1e-300
    zone = max(d, 1e-6 * L)
    left = max(bulk.n - bulk.n_a, 1e-6 * bulk.n) + residue
    b = unit * (left + 4.0 * math.pi**2 * bulk.U_T * bulk.eps / zone**2) / zone
    a = space_charge(bulk, device.mu_n, zone)
    linear = 1.0 + R * b
    V_d = 2.0 * V / (linear + math.sqrt(linear * linear + 4.0 * R * a * V))
    current = (a * V_d + b) * V_d
    field = (V - V_d) / max(L - d, 1e-3 * L)
    return max(current, space_charge(bulk, device.mu_n, L) * V**2), field


@compiled
def conducted(device: Any, bulk: Any, V: float, moved: Moved) -> tuple[float, float]:
    """Return the electron current through the worse of both zones, and the field next to it."""
    current, field = two_zones(device, bulk, V, moved.depleted, 0.0)
    if moved.drawn > 0.0:
        other, beside = two_zones(device, bulk, V, moved.drawn, moved.residue)
        if other < current:
            return other, beside
    return current, field


@compiled
def emitted(device: Any, bulk: Any, cathode: Any, V: float, piled: float) -> float:
    """Return the largest electron current that a cathode emits, in A.

    It is q A n_eq v v_d/(v + v_d) with v_d = μ E. Vacancies at the cathode raise its field E.

    Source: Crowell & Sze (1966), doi:10.1016/0038-1101(66)90127-4.
    """
    L = bulk.length
    charge = fixed_charge(device, bulk)
    spread = max(V / L + charge * L / (2.0 * bulk.eps), cathode.field)
    depleted = math.sqrt(max(cathode.field**2 + 2.0 * charge * V / bulk.eps, 0.0))
    field = max(max(min(depleted, spread), piled), bulk.U_T / L)
    velocity = in_series(bulk.v_n, device.mu_n * field)
    return q * bulk.area * cathode.n * velocity * _risen(V / bulk.U_T)


@compiled
def electrons(device: Any, bulk: Any, cathode: Any, anode: Any, V: float, moved: Moved) -> Carriers:
    """Return the limits of the electron current: the cathode, the channel and the anode.

    The barrier of an anode that vacancies have left is not lowered.
    """
    emission = emitted(device, bulk, cathode, V, moved.piled)
    channel, _field = conducted(device, bulk, V, moved)
    kept = math.sqrt(1.0 - share_lost(bulk, anode, moved.lost))
    raised = math.exp(-min(anode.lowered * (1.0 - kept), 300.0))
    forward = q * bulk.area * bulk.v_n * anode.n * raised * _opened(V / bulk.U_T)
    return Carriers(emission, channel, forward, least_of(emission, channel, forward))


@compiled
def holes(
    device: Any,
    bulk: Any,
    table: np.ndarray,
    cathode: Any,
    anode: Any,
    V: float,
    lost: float,
    leaving: float,
) -> Carriers:
    """Return the limits of the hole current: anode, barrier behind it, channel and cathode.

    Pairs of carriers are swept out of the channel, so that only holes that neutralise the fixed
    charge stay. Behind the anode the potential rises in the sheet of vacancies until its field
    equals that of the channel, E. A charge of density N_x/(1 + e^{y + E_a/U_T}) has the field
    E² = (2 q U_T N_x/ε) ln(1 + e^{−y − E_a/U_T}) at the potential y U_T. With
    X = ε E²/(2 q U_T N_x) this gives y = −E_a/U_T − ln(e^X − 1).

    The potential rises further by the hump of the channel's charge, V_p (1 − D/V_p)²/4 with
    V_p = q N L²/(2 ε) and D the potential difference between the contacts. It rises at most to that
    of the neutral bulk less U_T ln(1 + `leaving`/I_0). This is the voltage at which the electron
    current `leaving`, in A, flows out over the anode's barrier with I_0 = q A v_n n.
    """
    unit, U_T, L = q * bulk.area, bulk.U_T, bulk.length
    ohmic = unit * device.mu_p * max(bulk.p - bulk.n, 0.0) * V / L
    channel = max(ohmic, space_charge(bulk, device.mu_p, L) * V**2)
    forward = unit * bulk.v_p * cathode.p * _opened(V / U_T)
    if unit * bulk.v_p * anode.p < NEGLIGIBLE:
        return Carriers(0.0, channel, forward, 0.0)
    pinch = fixed_charge(device, bulk) * L**2 / (2.0 * bulk.eps)
    field = (max(V - pinch, 0.0) + U_T) / L
    screened = bulk.eps * field**2 / (2.0 * U_T * device.N_x)
    behind = -device.E_a / U_T - (math.log(math.expm1(screened)) if screened < 40.0 else screened)
    behind = min(max(behind, anode.y), max(bulk.y, anode.y))
    behind = anode.y + (1.0 - share_lost(bulk, anode, lost)) * (behind - anode.y)
    across = V + (behind - cathode.y) * U_T
    hump = (pinch - across) ** 2 / (4.0 * pinch) if pinch > max(across, 0.0) else 0.0
    opened = min(math.log1p(leaving / (unit * bulk.v_n * anode.n)), V / U_T)
    top = min(max(bulk.y - opened, anode.y), behind + hump / U_T)
    density = bulk.N_v * fermi_of(-top - bulk.E_g, table)
    drift = device.mu_p * max(max(across - pinch, 0.0) / L, U_T / L)
    emission = unit * density * in_series(bulk.v_p, drift) * _risen(V / U_T)
    current = in_series(in_series(emission, channel), forward)
    return Carriers(emission, channel, forward, current)


@compiled
def share_lost(bulk: Any, contact: Any, lost: float) -> float:
    """Return the share of the vacancies before a contact that have left it."""
    return min(lost / (bulk.eps * max(contact.sheet, MIN_FIELD)), 1.0)


@compiled
def _risen(x: float) -> float:
    """Return 1 − e^{−x}."""
    return -math.expm1(-x) if x < 40.0 else 1.0


@compiled
def _opened(x: float) -> float:
    """Return e^x − 1, limited to a value that exceeds every other limit."""
    return math.expm1(x) if x < 300.0 else 1e130
