"""A channel filled with blocked carriers of one kind, which help the other kind; compiled."""

import math
from typing import Any, NamedTuple

import numpy as np

from ..constants import q
from .fermi import fermi_integral, fermi_of
from .jit import compiled
from .transport import NEGLIGIBLE, in_series, space_charge

MATTERS = 0.01  # of a contact's or the bare channel's current: a weaker plasma lowers no level
HALVINGS = 5  # of the interval in which a contact's share of its most is interpolated


class Filled(NamedTuple):
    """A channel that is filled with blocked carriers and conducts free carriers.

    Args:
        mobility: Mobility of the free carriers, in m²/(V s).
        entering: Current of the blocked carriers, in A.
        exit_velocity: Velocity of their emission over the far contact's barrier, in m/s.
        N_blocked: Density of states of the blocked carriers, in m⁻³.
        N_free: Density of states of the free carriers, in m⁻³.
        elapsed: Time in which the blocked carriers have accumulated, in s.
        V: |U|, in V.
    """

    mobility: float
    entering: float
    exit_velocity: float
    N_blocked: float
    N_free: float
    elapsed: float
    V: float


@compiled
def plasma(bulk: Any, table: np.ndarray, filled: Filled, level: float, least: float) -> float:
    """Return the current of free carriers through a channel filled with blocked ones, in A.

    Carriers that enter but meet a barrier at the far contact accumulate there until as many leave
    as enter. They neutralise the free carriers, so that n = p with a constant η_n + η_p = S, which
    follows from n = J/(q v) at the barrier. Their density falls to zero across the channel except
    for a zone of length d with free carriers only:
    J = 2 q μ U_T √(N_c N_v) F_{3/2}(S/2)/(L − d) = 9/8 q ε μ U²/d³.

    Args:
        bulk: The device.
        table: `fermi_integrals()`.
        filled: The filled channel.
        level: η of the free carriers at the contact that emits them.
        least: Current below which the result may be too low by half, in A.
    """
    if filled.entering < NEGLIGIBLE:
        return 0.0
    unit = q * bulk.area
    at_barrier = math.log(filled.entering / (unit * filled.exit_velocity * filled.N_blocked))
    eta = max(min(0.5 * (level + at_barrier), level), -70.0)
    states = math.sqrt(filled.N_blocked * filled.N_free)
    supply = 2.0 * filled.entering * filled.elapsed
    supply /= unit * bulk.length * states * fermi_of(eta, table)
    density = states * fermi_integral(eta, table) * min(supply, 1.0)
    plasma_only = 2.0 * unit * filled.mobility * bulk.U_T * density / bulk.length
    if 2.0 * plasma_only < least:
        return plasma_only
    free_only = space_charge(bulk, filled.mobility, bulk.length) * filled.V**2
    zone = min(np.cbrt(free_only / (plasma_only + 1e-100)), 0.5)
    return plasma_only / (1.0 - zone * np.cbrt(1.0 - zone))


@compiled
def fed(
    bulk: Any, table: np.ndarray, filled: Filled, level: float, emission: float, alone: float
) -> float:
    """Return the current that a contact feeds into a plasma, in A.

    A contact that emits the current I, of at most I_0, keeps the density n (1 − I/I_0). Its level
    falls to η + ln(1 − I/I_0), or to η (1 − I/I_0)^{2/3} if it is degenerate. I is the current that
    the plasma conducts at that level, or without a plasma the current of contact and channel.

    Args:
        bulk: The device.
        table: `fermi_integrals()`.
        filled: The filled channel.
        level: η of the free carriers at the contact that emits them.
        emission: I_0, in A.
        alone: Current of the channel without a plasma, in A.
    """
    flow = plasma(bulk, table, filled, level, MATTERS * alone)
    if flow < MATTERS * max(alone, emission):
        return in_series(emission, flow + alone)
    low, high = 0.0, min((flow + alone) / emission, 1.0)
    above, below = flow + alone, _surplus(bulk, table, filled, level, emission, alone, high)
    for _ in range(HALVINGS):
        share = 0.5 * (low + high)
        surplus = _surplus(bulk, table, filled, level, emission, alone, share)
        if surplus > 0.0:
            low, above = share, surplus
        else:
            high, below = share, surplus
    return (low + (high - low) * above / (above - below)) * emission


@compiled
def _surplus(
    bulk: Any,
    table: np.ndarray,
    filled: Filled,
    level: float,
    emission: float,
    alone: float,
    share: float,
) -> float:
    """Return the current of the channel less a share of the largest emission, in A."""
    left = max(1.0 - share, 1e-12)
    fallen = level * np.cbrt(left) ** 2 if level > 1.0 else level + math.log(left)
    return plasma(bulk, table, filled, fallen, 0.0) + alone * left - share * emission
