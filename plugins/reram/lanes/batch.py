"""Solve a batch of devices side by side: from columns of parameters to currents."""

import math
from collections.abc import Mapping
from concurrent.futures import ThreadPoolExecutor
from typing import NamedTuple

import numpy as np
from dynsur.core import straight_pieces
from numba import get_num_threads

from ..drift_diffusion.device import make_device, reduced
from ..drift_diffusion.poisson_boltzmann import hold_neutral
from ..drift_diffusion.unknowns import State
from ..drift_diffusion.unknowns import allocate as allocate_work
from ..transient.dense_output import interpolate
from .device import CONSTANTS, allocate
from .follow import follow
from .pace import FINISHED, SPENT, STUCK, Limits, Tasks, allocate_pace

Columns = Mapping[str, np.ndarray]

STEPS = 1200  # recorded of a straight-line drive of up to eight pieces; longer drives get more
PER_PIECE = 150
AT_ONCE = 256  # devices whose records are held at once by a thread
FEWEST = 16  # devices worth a thread of their own
BULK_SHARE = 0.42  # of the length: what the graded cells of one side may take
MECHANISMS = {
    STUCK: "Newton did not converge at any step",
    SPENT: "more than the allowed linear solves",
}


class Mesh(NamedTuple):
    """A mesh graded towards both contacts, of as many nodes for every length.

    Args:
        first: First cell at the contacts, in m.
        growth: Ratio of neighbouring cells near the contacts.
        graded: How many cells grow so, at either contact.
        bulk: How many equal cells lie between them.
    """

    first: float
    growth: float
    graded: int
    bulk: int

    def nodes(self, length: np.ndarray) -> np.ndarray:
        """Return the nodes of devices of these lengths in m, shape [device, node]."""
        side = self.first * self.growth ** np.arange(self.graded)
        sides = side * np.minimum(1.0, BULK_SHARE * length / side.sum())[:, None]
        middle = (length - 2.0 * sides.sum(axis=1)) / self.bulk
        bulk = np.repeat(middle[:, None], self.bulk, axis=1)
        cells = np.concatenate([sides, bulk, sides[:, ::-1]], axis=1)
        x = np.concatenate([np.zeros((len(length), 1)), np.cumsum(cells, axis=1)], axis=1)
        return x * (length / x[:, -1])[:, None]


def solve_batch(
    values: Columns,
    voltage: np.ndarray,
    time: np.ndarray,
    wanted: np.ndarray,
    mesh: Mesh,
    limits: Limits,
    contacts: str = "schottky",
    boltzmann: bool = False,
) -> tuple[np.ndarray, list[str]]:
    """Solve devices from equilibrium along their drives, on all cores that numba may use.

    Args:
        values: Every parameter by name, in Table 1's units, each of shape [device].
        voltage: U of the right contacts, shape [device, time], in V.
        time: Its instants, increasing from 0, shape [device, time], in s.
        wanted: Instants at which the current is wanted, in any order, [device, instant], in s.
        mesh: The mesh of all devices.
        limits: What the time loops keep to; `solves` is per straight piece of a drive.
        contacts: "schottky" or "ohmic".
        boltzmann: Whether electrons and holes follow Boltzmann statistics.

    Returns:
        The currents in A, shape [device, instant], NaN where a device was not solved; and for each
        device why it was not, "" if it was.
    """
    x = mesh.nodes(np.asarray(values["L"], float) * 1e-6)
    constants = _constants(values, x, contacts, boltzmann)
    count = len(time)
    threads = max(1, min(get_num_threads(), math.ceil(count / FEWEST)))
    size = min(AT_ONCE, math.ceil(count / threads)) if count else 1
    parts = [slice(start, start + size) for start in range(0, count, size)]
    current, instants = np.full(wanted.shape, np.nan), np.ascontiguousarray(wanted)
    reasons = [""] * count

    def solve(part: slice) -> None:
        tasks = _tasks(constants[part], x[part], time[part], voltage[part])
        pieces = int(tasks.kinks.max()) - 1
        nodes = x.shape[1]
        state = State(np.zeros((4, nodes)), np.zeros((3, nodes + 1)), np.zeros(1))
        work, contact = allocate_work(nodes), np.zeros((2, 2, 3))
        allowed = limits._replace(solves=limits.solves * pieces)
        follow(allocate(nodes), allocate_pace(), tasks, allowed, state, work, contact)
        for i, status in enumerate(tasks.status.tolist()):
            if status == FINISHED:
                _interpolate(tasks, i, instants[part.start + i], current[part.start + i])
            else:
                reasons[part.start + i] = _reason(tasks, i)

    if len(parts) == 1:
        solve(parts[0])
    else:
        with ThreadPoolExecutor(threads) as pool:
            list(pool.map(solve, parts))
    return current, reasons


def _constants(values: Columns, x: np.ndarray, contacts: str, boltzmann: bool) -> np.ndarray:
    """Return the devices' constants in the order of `CONSTANTS`, shape [device, constant]."""
    if contacts == "ohmic":
        rows = ({name: float(c[i]) for name, c in values.items()} for i in range(len(x)))
        devices = (hold_neutral(make_device(r, x[i], boltzmann)) for i, r in enumerate(rows))
        return np.array([[float(getattr(d, name)) for name in CONSTANTS] for d in devices])
    columns = {**reduced(values), "boltzmann": float(boltzmann)}
    return np.stack([np.broadcast_to(columns[name], len(x)) for name in CONSTANTS], axis=1).copy()


def _tasks(constants: np.ndarray, x: np.ndarray, time: np.ndarray, voltage: np.ndarray) -> Tasks:
    shape, count = time.shape, len(time)
    times, volts, kinks = np.zeros(shape), np.zeros(shape), np.zeros(count, np.int64)
    for i in range(count):
        kept = straight_pieces(time[i], voltage[i])
        kinks[i] = kept.size
        times[i, : kept.size], volts[i, : kept.size] = time[i, kept], voltage[i, kept]
    steps = max(STEPS, PER_PIECE * int(kinks.max()))
    record = np.zeros((count, steps)), np.zeros((count, steps)), np.zeros((count, steps), np.int64)
    ended = (np.zeros(count, np.int64) for _ in range(3))
    return Tasks(constants, np.ascontiguousarray(x), times, volts, kinks, *record, *ended)


def _interpolate(tasks: Tasks, i: int, wanted: np.ndarray, current: np.ndarray) -> None:
    steps, kinks = slice(0, tasks.steps[i]), slice(0, tasks.kinks[i])
    interpolate(
        tasks.t[i, steps], tasks.current[i, steps], tasks.segment[i, steps], tasks.times[i, kinks],
        wanted, current,
    )  # fmt: skip


def _reason(tasks: Tasks, i: int) -> str:
    steps = int(tasks.steps[i])
    t = float(tasks.t[i, steps - 1]) if steps else 0.0
    kinks = tasks.kinks[i]
    voltage = float(np.interp(t, tasks.times[i, :kinks], tasks.volts[i, :kinks]))
    return f"t = {t:.4g} s, U = {voltage:.4g} V: {MECHANISMS[int(tasks.status[i])]}"
