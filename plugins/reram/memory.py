"""How far vacancies have moved along a voltage, in closed form; compiled."""

import math
from typing import Any, NamedTuple

from numba import njit

from .carriers import Moved, emitted, least_of, two_zones

MOST_STEPS = 2  # between two instants
STEP = 0.05  # of the channel length, that vacancies drift in a step if there may be more
MOST = 0.999  # share of the channel that vacancies leave at most


class State(NamedTuple):
    """The vacancies of one device at one instant.

    Args:
        shift: Share of them piled up at the left contact, or, negative, at the right one; as large
            a share of the channel is depleted at the other end.
        pulled: Those pulled off the right contact, or, negative, off the left one, in m⁻².
        drift: Channel lengths that a vacancy would have drifted to the left in the mean field.
        reach: The largest |drift| so far.
    """

    shift: float
    pulled: float
    drift: float
    reach: float


@njit(cache=True, error_model="numpy")
def steps_for(device: Any, bulk: Any, impulse: float) -> int:
    """Return how many steps an interval with so large a U·t, in V s, is cut into."""
    return 1 + int(min(device.mu_x * impulse / bulk.length**2 / STEP, MOST_STEPS - 1.0))


@njit(cache=True, error_model="numpy")
def moved_on(
    device: Any, bulk: Any, cathode: Any, state: State, voltage: float, step: float
) -> State:
    """Return the state after a time step at one voltage.

    In a neutral zone vacancies drift in its field E, E = I/(q A μ_n n): they pile up at the
    cathode and leave a depleted zone at the anode. Where they return to such a zone, U/L drives
    them. Both fields are lower by the share of the channel's current that the cathode emits. What
    a contact holds back is pulled off no faster than space charge allows, 9/8 ε μ U²/L³.
    """
    V, L = abs(voltage), bulk.length
    side = 1.0 if voltage >= 0.0 else -1.0
    pulled = 9.0 / 8.0 * bulk.eps * device.mu_x * V**2 / L**3 * step
    drifted = device.mu_x * V / L**2 * step
    drift = state.drift + side * drifted
    shift = state.shift
    if side * shift < MOST and V > 0.0:
        share = _share_of_field(device, bulk, cathode, state, V, side)
        shift = min(max(shift + side * drifted * share, -MOST), MOST)
    return State(
        shift,
        side * (max(side * state.pulled, 0.0) + pulled),
        drift,
        max(state.reach, abs(drift)),
    )


@njit(cache=True, error_model="numpy")
def _share_of_field(
    device: Any, bulk: Any, cathode: Any, state: State, V: float, side: float
) -> float:
    """Return the field in which vacancies move, relative to the mean field U/L."""
    moved = seen_from(bulk, state, side)
    channel, field = two_zones(device, bulk, V, moved.depleted)
    emission = emitted(device, bulk, cathode, V, moved.piled)
    limited = least_of(emission, channel, math.inf) / channel
    if side * state.shift < 0.0:
        return limited
    return limited * field * bulk.length / V


@njit(cache=True, error_model="numpy")
def seen_from(bulk: Any, state: State, side: float) -> Moved:
    """Return where vacancies have gone for the cathode at the left (side 1) or right (−1)."""
    piled = max(side * state.shift, 0.0) * bulk.n_a * bulk.length / bulk.eps
    return Moved(abs(state.shift) * bulk.length, piled, max(side * state.pulled, 0.0))
