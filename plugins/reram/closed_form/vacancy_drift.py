"""The motion of vacancies along a voltage, in closed form; compiled."""

import math
from typing import Any, NamedTuple

from ..constants import q
from .jit import compiled
from .transport import Moved, conducted, emitted, least_of

MOST_STEPS = 2  # between two instants
STEP = 0.05  # of the channel length, that vacancies drift in a step if there may be more
FEWEST = 1e-3  # vacancies for each electron of the neutral bulk: where they move, it matters
MOST = 0.999  # share of the channel that vacancies leave at most


class State(NamedTuple):
    """The vacancies of one device at one instant.

    Args:
        shift: Share of the vacancies accumulated at the left contact, or if negative at the right
            one. An equal share of the channel is depleted at the other end.
        pulled: Vacancies pulled off the right contact, or if negative off the left one, in m⁻².
        drawn: Share of the channel at the left contact, or if negative at the right one, from which
            that contact has drawn vacancies while it blocked electrons.
        kept: Density of the vacancies left there, in m⁻³.
        drift: Drift of a vacancy to the left in the mean field, in channel lengths.
        reach: The largest |drift| so far.
    """

    shift: float
    pulled: float
    drawn: float
    kept: float
    drift: float
    reach: float


@compiled
def steps_for(device: Any, bulk: Any, impulse: float) -> int:
    """Return the number of steps of an interval with the given U·t, in V s."""
    return 1 + int(min(device.mu_x * impulse / bulk.length**2 / STEP, MOST_STEPS - 1.0))


@compiled
def moved_on(
    device: Any, bulk: Any, cathode: Any, state: State, voltage: float, step: float
) -> State:
    """Return the state after a time step at one voltage.

    In a neutral zone vacancies drift in the field E = I/(q A μ_n n). They accumulate at the cathode
    and leave a depleted zone at the anode. If they return to such a zone, U/L drives them. Both
    fields are reduced by the share of the channel's current that the cathode emits. Vacancies that
    a contact holds are pulled off at most as fast as space charge allows, 9/8 ε μ U²/L³. A cathode
    that blocks electrons draws vacancies out of a zone in front of it; see `_drawn_from`. Once it
    is the anode, they return to that zone before another one is depleted.
    """
    side = 1.0 if voltage >= 0.0 else -1.0
    seen = mirrored(state, side)
    return mirrored(_driven_left(device, bulk, cathode, seen, abs(voltage), step), side)


@compiled
def mirrored(state: State, side: float) -> State:
    """Return the state (side 1) or the state of the mirrored device (side −1)."""
    return State(
        side * state.shift,
        side * state.pulled,
        side * state.drawn,
        state.kept,
        side * state.drift,
        state.reach,
    )


@compiled
def _driven_left(
    device: Any, bulk: Any, cathode: Any, state: State, V: float, step: float
) -> State:
    """Return the result of `moved_on` for a cathode at the left, with V = |U|."""
    L = bulk.length
    pulled = 9.0 / 8.0 * bulk.eps * device.mu_x * V**2 / L**3 * step
    drifted = device.mu_x * V / L**2 * step
    shift, drawn, kept = state.shift, state.drawn, state.kept
    if V > 0.0 and bulk.n_a > FEWEST * bulk.n:
        moved = at_cathode(bulk, state)
        channel, field = conducted(device, bulk, V, moved)
        emission = emitted(device, bulk, cathode, V, moved.piled)
        passed = least_of(emission, channel, math.inf) / channel
        way = drifted * passed
        if drawn < 0.0:
            way += drawn
            drawn = min(way, 0.0)
            kept = kept if drawn else bulk.n_a
        else:
            flow, held = passed * channel, V * (1.0 - passed)
            drawn, kept = _drawn_from(device, bulk, drawn, kept, flow, held, step)
        if shift < 0.0:
            shift += drifted * passed
        elif way > 0.0:
            shift += way * field * L / V
        shift = min(max(shift, -MOST), MOST)
    drift = state.drift + drifted
    pulled += max(state.pulled, 0.0)
    return State(shift, pulled, drawn, kept, drift, max(state.reach, abs(drift)))


@compiled
def _drawn_from(
    device: Any, bulk: Any, drawn: float, kept: float, flow: float, held: float, step: float
) -> tuple[float, float]:
    """Return the zone in front of a cathode in which `held` volts drop, and its vacancies.

    The flow of vacancies out of a zone of width w is limited by space charge, so that its end moves
    by n_a dw/dt = 9/8 ε μ U²/w³, and w⁴ = 9/2 ε μ ∫U² dt/n_a. The zone keeps the vacancies that the
    electrons of the current `flow` neutralise, and another 3/2 ε U/w². An excess, as after a fall
    of U, drives itself out by dn/dt = −μ n²/(2 ε).
    """
    L = bulk.length
    grown = 4.5 * bulk.eps * device.mu_x * held**2 * step / (bulk.n_a * L**4)
    share = min(math.sqrt(math.sqrt(drawn**4 + grown)), MOST)
    width = share * L + 1e-30
    neutral = min(flow * width / (q * bulk.area * device.mu_n * held + 1e-300), kept)
    loose = kept - neutral
    loose /= 1.0 + 0.5 * device.mu_x / bulk.eps * step * loose
    return share, min(neutral + max(loose, 1.5 * bulk.eps * held / width**2), bulk.n_a)


@compiled
def at_cathode(bulk: Any, state: State) -> Moved:
    """Return the distribution of vacancies for a cathode at the left; see also `mirrored`."""
    piled = max(state.shift, 0.0) * bulk.n_a * bulk.length / bulk.eps
    return Moved(
        abs(state.shift) * bulk.length,
        max(-state.drawn, 0.0) * bulk.length,
        state.kept,
        piled,
        max(state.pulled, 0.0),
    )
