"""The record of the time loop, with one row for each step."""

from typing import NamedTuple

import numpy as np
from numba import njit

from ..drift_diffusion.device import Device
from ..drift_diffusion.unknowns import C, State, Work

STEPS, SOLVES, REJECTED, SNAPSHOTS = range(4)  # of `Record.counts`


class Record(NamedTuple):
    """The results of the time loop, with one row for each step.

    Args:
        time: Instants, in s.
        current: Terminal current, in A.
        segment: Index of the segment of the waveform in which the step lies.
        edge_error: Largest deviation of an edge's total current from `current`, in A.
        content: Vacancy content ∫c dx, in m.
        fields: y, ξ_n, ξ_p and v at the requested times, shape [snapshot, 4, node].
        counts: Numbers of steps, linear solves, rejected steps and recorded fields.
    """

    time: np.ndarray
    current: np.ndarray
    segment: np.ndarray
    edge_error: np.ndarray
    content: np.ndarray
    fields: np.ndarray
    counts: np.ndarray


def allocate_record(steps: int, snapshots: int, nodes: int) -> Record:
    """Allocate a record for that many steps and snapshots."""
    return Record(
        np.zeros(steps), np.zeros(steps), np.zeros(steps, np.int64), np.zeros(steps),
        np.zeros(steps), np.zeros((snapshots, 4, nodes)), np.zeros(4, np.int64),
    )  # fmt: skip


@njit(cache=True, error_model="numpy")
def write_step(
    record: Record, device: Device, work: Work, t: float, segment: int, current: float,
    deviation: float,
) -> None:  # fmt: skip
    """Write the latest step, which ends at t in the given segment of the waveform."""
    row = record.counts[STEPS]
    record.time[row], record.segment[row] = t, segment
    record.current[row], record.edge_error[row] = current, deviation
    record.content[row] = np.sum(device.cell * work.density[C])


@njit(cache=True, error_model="numpy")
def keep_fields(record: Record, state: State, snapshots: np.ndarray, t: float) -> None:
    """Record the fields if t is the next requested instant."""
    taken = record.counts[SNAPSHOTS]
    if taken < snapshots.size and t >= snapshots[taken]:
        record.fields[taken] = state.u
        record.counts[SNAPSHOTS] = taken + 1
