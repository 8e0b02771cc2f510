"""Solve a batch of devices side by side: from columns of parameters to currents."""

import math
from collections.abc import Mapping, Sequence
from concurrent.futures import ThreadPoolExecutor
from typing import NamedTuple

import numpy as np
from dynsur.core import Waveform
from numba import config

from ..drift_diffusion.device import make_device, reduced
from ..drift_diffusion.poisson_boltzmann import hold_neutral
from ..drift_diffusion.unknowns import State
from ..drift_diffusion.unknowns import allocate as allocate_work
from ..transient.dense_output import interpolate
from ..transient.integrate import FLOOR
from ..transient.step_control import more_steps
from .device import CONSTANTS, allocate
from .follow import follow
from .pace import FINISHED, SPENT, STUCK, Limits, Tasks, allocate_pace

Columns = Mapping[str, np.ndarray]

STEPS = 1200  # recorded of a drive of up to eight straight pieces; longer drives get more
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


class Solved(NamedTuple):
    """What came out of a batch.

    Args:
        current: The currents at the wanted instants, in A, shape [device, instant]; NaN where a
            device was not solved.
        reasons: Why each device was not solved, "" where it was.
        edge_error: Largest deviation of an edge's current from that of a contact, relative to the
            peak, shape [device].
        drift: At most so much has the vacancy content changed, relative, shape [device].
    """

    current: np.ndarray
    reasons: list[str]
    edge_error: np.ndarray
    drift: np.ndarray


def solve_batch(
    values: Columns,
    drives: Sequence[Waveform],
    wanted: np.ndarray,
    x: np.ndarray,
    limits: Limits,
    contacts: str = "schottky",
    boltzmann: bool = False,
) -> Solved:
    """Solve devices from equilibrium along their drives, on all cores that numba may use.

    Args:
        values: Every parameter by name, in Table 1's units, each of shape [device].
        drives: The piecewise-linear voltage of each right contact.
        wanted: Instants at which the current is wanted, in any order, [device, instant], in s.
        x: Nodes of the devices, in m, shape [device, node].
        limits: What the time loops keep to; `solves` is per straight piece of a drive.
        contacts: "schottky" or "ohmic".
        boltzmann: Whether electrons and holes follow Boltzmann statistics.
    """
    constants, count, nodes = _constants(values, x, contacts, boltzmann), len(x), x.shape[1]
    # numba.get_num_threads would set torch's number of threads too, to that of all cores.
    cores: int = config.NUMBA_NUM_THREADS  # pyright: ignore[reportAttributeAccessIssue]
    threads = max(1, min(cores, math.ceil(count / FEWEST)))
    size = min(AT_ONCE, math.ceil(count / threads)) if count else 1
    parts = [slice(start, start + size) for start in range(0, count, size)]
    found = Solved(np.full(wanted.shape, np.nan), [""] * count, np.zeros(count), np.zeros(count))
    instants = np.ascontiguousarray(wanted)

    def solve(part: slice) -> None:
        tasks = _tasks(constants[part], x[part], drives[part], limits)
        state = State(np.zeros((4, nodes)), np.zeros((3, nodes + 1)), np.zeros(1))
        work, contact = allocate_work(nodes), np.zeros((2, 2, 3))
        allowed = limits._replace(solves=limits.solves * (int(tasks.kinks.max()) - 1))
        follow(allocate(nodes), allocate_pace(), tasks, allowed, state, work, contact)
        # Only what was written is read: the rest of a long record costs no memory.
        peaks = [
            np.abs(row[:used]).max(initial=FLOOR)
            for row, used in zip(tasks.current, tasks.steps, strict=True)
        ]
        found.edge_error[part], found.drift[part] = tasks.edge_error / peaks, tasks.drift
        for i, status in enumerate(tasks.status.tolist(), part.start):
            if status == FINISHED:
                _interpolate(tasks, i - part.start, instants[i], found.current[i])
            else:
                found.reasons[i] = _reason(tasks, i - part.start)

    if len(parts) == 1:
        solve(parts[0])
    else:
        with ThreadPoolExecutor(threads) as pool:
            list(pool.map(solve, parts))
    return found


def _constants(values: Columns, x: np.ndarray, contacts: str, boltzmann: bool) -> np.ndarray:
    """Return the devices' constants in the order of `CONSTANTS`, shape [device, constant]."""
    if contacts == "ohmic":
        rows = ({name: float(c[i]) for name, c in values.items()} for i in range(len(x)))
        devices = (hold_neutral(make_device(r, x[i], boltzmann)) for i, r in enumerate(rows))
        return np.array([[float(getattr(d, name)) for name in CONSTANTS] for d in devices])
    columns = {**reduced(values), "boltzmann": float(boltzmann)}
    return np.stack([np.broadcast_to(columns[name], len(x)) for name in CONSTANTS], axis=1).copy()


def _tasks(
    constants: np.ndarray, x: np.ndarray, drives: Sequence[Waveform], limits: Limits
) -> Tasks:
    count, kinks = len(x), np.array([len(drive.times) for drive in drives])
    times, volts = np.zeros((count, kinks.max())), np.zeros((count, kinks.max()))
    for i, drive in enumerate(drives):
        times[i, : kinks[i]], volts[i, : kinks[i]] = drive.times, drive.values
    steps = int(max(1.0, more_steps(limits.tolerance)) * max(STEPS, PER_PIECE * int(kinks.max())))
    record = np.zeros((count, steps)), np.zeros((count, steps)), np.zeros((count, steps), np.int64)
    used, solves, status = (np.zeros(count, np.int64) for _ in range(3))
    return Tasks(
        constants, np.ascontiguousarray(x), times, volts, kinks, *record, used, solves,
        np.zeros(count), np.zeros(count), status,
    )  # fmt: skip


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
