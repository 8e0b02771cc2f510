"""One device solved: mesh and time tolerance from what the user asks for, and what came of it."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np
from dynsur.core import Waveform

from .equilibrium import hold_neutral, solve_equilibrium
from .physics import Device, graded_mesh, make_device
from .system import State, allocate
from .transient import FLOOR, Record, allocate_record, integrate

if TYPE_CHECKING:
    from .simulator import ReRAM

EDGE_LIMIT = 1e-4  # relative spread of the current over the edges that is still a result


@dataclass(frozen=True)
class Solution:
    """What the solver leaves behind.

    Args:
        device: The device in reduced form, with its mesh.
        record: Steps and kept fields.
        reason: Why it is no result; "" if it is one.
    """

    device: Device
    record: Record
    reason: str

    @property
    def diagnostics(self) -> dict[str, float | int]:
        """Counts of the time loop, and relative errors of what must be conserved."""
        record = self.record
        used = slice(0, record.counts[0] + 1)
        peak = max(float(np.abs(record.current[used]).max()), FLOOR)
        content = record.content[used]
        return {
            "nodes": int(self.device.x.size),
            "steps": int(record.counts[0]),
            "newton_iterations": int(record.counts[1]),
            "rejected_steps": int(record.counts[2]),
            "edge_error": float(record.edge_error[used].max()) / peak,
            "vacancy_drift": float(np.ptp(content) / content[0]) if content[0] else 0.0,
        }


def solve(
    simulator: "ReRAM", values: Mapping[str, float], waveform: Waveform, snapshots: np.ndarray
) -> Solution:
    """Solve one device along a waveform.

    Args:
        simulator: Accuracy and options.
        values: Every parameter by name, in Table 1's units.
        waveform: Voltage of the right contact.
        snapshots: Times at which the fields are kept, in s.
    """
    length = values["L"] * 1e-6
    first = (simulator.first_cell or 0.05) * 1e-9
    largest = simulator.largest_cell or 5e-3 * (simulator.tolerance / 0.01) ** 0.5
    step_tolerance = simulator.step_tolerance or 3e-2 * simulator.tolerance
    x = graded_mesh(length, first, largest * length)
    device = make_device(values, x, simulator.statistics == "boltzmann")
    if simulator.contacts == "ohmic":
        device = hold_neutral(device)
    return _integrate(device, waveform, snapshots, step_tolerance)


def _integrate(
    device: Device, waveform: Waveform, snapshots: np.ndarray, step_tolerance: float
) -> Solution:
    nodes = device.x.size
    state = State(np.zeros((4, nodes)), np.zeros((3, nodes + 1)), np.zeros(1))
    work, contact = allocate(nodes), np.zeros((2, 2, 3))
    times, volts = np.array(waveform.times), np.array(waveform.values)
    segments = times.size - 1
    record = allocate_record(4000 + 400 * segments, snapshots.size, nodes)
    if not solve_equilibrium(device, state, work, contact):
        return Solution(device, record, "t = 0 s: Newton did not find the equilibrium")
    longest = waveform.duration / (20.0 * segments)
    reached = integrate(
        device, state, work, contact, times, volts, snapshots, step_tolerance, longest, record
    )
    return Solution(device, record, _reason(device, record, waveform, reached))


def _reason(device: Device, record: Record, waveform: Waveform, reached: float) -> str:
    solution = Solution(device, record, "")
    if reached < waveform.duration:
        full = record.counts[0] + 1 >= record.time.size
        mechanism = "more steps than allowed" if full else "Newton did not converge at any step"
        return f"t = {reached:.4g} s, U = {float(waveform(reached)):.4g} V: {mechanism}"
    if not np.isfinite(record.current[: record.counts[0] + 1]).all():
        return "the current is not finite"
    if solution.diagnostics["edge_error"] > EDGE_LIMIT:
        return f"the current differs between edges by more than {EDGE_LIMIT:g} of its peak"
    return ""
