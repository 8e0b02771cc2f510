"""Solve one device: choose mesh and time tolerance, integrate, and check the result."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

import numpy as np
from dynsur.core import Waveform

from .drift_diffusion.device import Device, make_device
from .drift_diffusion.mesh import graded_mesh
from .drift_diffusion.poisson_boltzmann import hold_neutral, solve_equilibrium
from .drift_diffusion.unknowns import State, allocate
from .lanes.batch import solve_batch
from .lanes.pace import EXACT, Limits
from .transient.dense_output import resample
from .transient.integrate import FLOOR, LONGEST, integrate
from .transient.record import REJECTED, SOLVES, STEPS, Record, allocate_record
from .transient.step_control import STEP_TOLERANCE, more_steps

# What an error of 1 % of peak takes, found on Sobol draws of Table 1's box.
FIRST_CELL = 3e-3  # nm, at the contacts: a fraction of the Debye length of 1e28 m⁻³
GRADING = 0.09  # growth of neighbouring cells away from the contacts
LARGEST_CELL = 3.5e-3  # of L
REFINEMENT = 0.42  # exponent by which cells follow the tolerance
EDGE_LIMIT = 1e-6  # relative spread of the current over the edges that is still a result
DRIFT_LIMIT = 1e-10  # relative change of the vacancy content that is still a result
# Of the linear solves allowed: what takes more is left to the solver of one device.
SIDE_BY_SIDE = 1 / 6


@dataclass(frozen=True)
class Options:
    """The accuracy, the contacts and the statistics with which a device is solved.

    Args:
        tolerance: Largest error of I(t), relative to its peak; mesh and time steps follow from it.
        contacts: "schottky" or "ohmic".
        statistics: "fermi" or "boltzmann", for electrons and holes.
        first_cell: First mesh cell at the contacts, in nm; by default it follows from `tolerance`.
        largest_cell: Largest mesh cell relative to L, likewise.
        step_tolerance: Local time error of a step, likewise.
        solves: Number of linear solves allowed for each straight piece of the waveform.
    """

    tolerance: float = 0.01
    contacts: str = "schottky"
    statistics: str = "fermi"
    first_cell: float | None = None
    largest_cell: float | None = None
    step_tolerance: float | None = None
    solves: int = 6000


@dataclass(frozen=True)
class Solution:
    """The result of the solver.

    Args:
        device: The device in reduced form, with its mesh.
        record: The steps and the recorded fields.
        reason: Why the solution failed, or "".
    """

    device: Device
    record: Record
    reason: str

    @property
    def diagnostics(self) -> dict[str, float | int]:
        """The counts of the time loop, and the relative errors of conserved quantities."""
        record = self.record
        used = slice(0, record.counts[STEPS] + 1)
        peak = max(float(np.abs(record.current[used]).max()), FLOOR)
        content = record.content[used]
        return {
            "nodes": int(self.device.x.size),
            "steps": int(record.counts[STEPS]),
            "newton_iterations": int(record.counts[SOLVES]),
            "rejected_steps": int(record.counts[REJECTED]),
            "edge_error": float(record.edge_error[used].max()) / peak,
            "vacancy_drift": float(np.ptp(content) / content[0]) if content[0] else 0.0,
        }


def solve(
    options: Options, values: Mapping[str, float], waveform: Waveform, snapshots: np.ndarray
) -> Solution:
    """Solve one device along a waveform.

    Args:
        options: Accuracy, contacts and statistics.
        values: Every parameter by name, in Table 1's units.
        waveform: Voltage of the right contact.
        snapshots: Times at which the fields are recorded, in s.
    """
    x, step_tolerance = _resolution(options, values["L"] * 1e-6)
    device = make_device(values, x, options.statistics == "boltzmann")
    if options.contacts == "ohmic":
        device = hold_neutral(device)
    return _integrate(device, waveform, snapshots, step_tolerance, options.solves)


def solve_many(
    options: Options,
    values: Mapping[str, np.ndarray],
    waveforms: Sequence[Waveform],
    wanted: np.ndarray,
) -> tuple[np.ndarray, np.ndarray]:
    """Solve devices eight at a time, and those that this does not solve one by one.

    Mesh, steps and equations are those of `solve`; only the order of sums differs.

    Args:
        options: Accuracy, contacts and statistics.
        values: Every parameter by name, in Table 1's units, each of shape [device].
        waveforms: Voltage of the right contact of each device.
        wanted: Instants at which the current is wanted, in any order, [device, instant], in s.

    Returns:
        The currents in A, shape [device, instant], and why there is none, or "", shape [device].
    """
    lengths = np.asarray(values["L"], float) * 1e-6
    meshes, steps = zip(*(_resolution(options, length) for length in lengths), strict=True)
    allowed = int(SIDE_BY_SIDE * max(options.solves, _solves(options.solves, steps[0])))
    found = solve_batch(
        values,
        waveforms,
        wanted,
        np.stack(meshes),
        Limits(EXACT, steps[0], LONGEST, allowed, 3),
        options.contacts,
        options.statistics == "boltzmann",
    )
    current, reasons = found.current, np.array(found.reasons, dtype=object)
    sound = (found.edge_error <= EDGE_LIMIT) & (found.drift <= DRIFT_LIMIT)
    left = np.flatnonzero((reasons != "") | ~sound).tolist()
    part = {name: np.asarray(column)[left] for name, column in values.items()}
    again = solve_in_turn(options, part, [waveforms[i] for i in left], wanted[left])
    current[left], reasons[left] = again
    return current, reasons


def solve_in_turn(
    options: Options,
    values: Mapping[str, np.ndarray],
    waveforms: Sequence[Waveform],
    wanted: np.ndarray,
) -> tuple[np.ndarray, np.ndarray]:
    """Solve devices one after another: those that lanes have not solved; see `solve_many`."""
    current = np.full(wanted.shape, np.nan)
    reasons = np.full(len(waveforms), "", dtype=object)
    for i, wave in enumerate(waveforms):
        device = {name: float(column[i]) for name, column in values.items()}
        solution = solve(options, device, wave, np.zeros(0))
        reasons[i] = solution.reason
        if not solution.reason:
            current[i] = resample(solution.record, wave, wanted[i])
    return current, reasons


def _solves(allowed: int, step_tolerance: float) -> int:
    """Return how many linear solves a straight piece may take: smaller errors take more steps."""
    return int(allowed * more_steps(step_tolerance))


def _resolution(options: Options, length: float) -> tuple[np.ndarray, float]:
    """Return mesh and step tolerance for an error of I(t) within `options.tolerance`.

    The error falls with the square of the cell size. At 1 % the worst 5 % of devices have an error
    below the tolerance, so that the cells may shrink slightly more slowly. The time error follows
    the local error of the steps.
    """
    relative = options.tolerance / 0.01
    scale = relative**REFINEMENT
    first = (options.first_cell or FIRST_CELL * scale) * 1e-9
    largest = options.largest_cell or LARGEST_CELL * scale
    step = options.step_tolerance or STEP_TOLERANCE * relative
    return graded_mesh(length, first, largest, 1.0 + GRADING * scale), step


def _integrate(
    device: Device, waveform: Waveform, snapshots: np.ndarray, step_tolerance: float, allowed: int
) -> Solution:
    nodes = device.x.size
    state = State(np.zeros((4, nodes)), np.zeros((3, nodes + 1)), np.zeros(1))
    work, contact = allocate(nodes), np.zeros((2, 2, 3))
    times, volts = np.array(waveform.times), np.array(waveform.values)
    solves = _solves(allowed * (times.size - 1), step_tolerance)
    spent = 0
    for highest, budget in ((3, solves // 3), (2, solves)):
        record = allocate_record(budget + snapshots.size + 1, snapshots.size, nodes)
        record.counts[SOLVES] = spent
        if not solve_equilibrium(device, state, work, contact):
            return Solution(device, record, "t = 0 s: Newton did not find the equilibrium")
        reached = integrate(
            device, state, work, contact, times, volts, snapshots, step_tolerance, highest, budget,
            record,
        )  # fmt: skip
        spent = record.counts[SOLVES]
        # Steps of order 3 may follow an oscillation for ever that those of order 2 damp.
        if reached >= waveform.duration:
            break
    more = f"{solves} linear solves allowed; allow more with --set simulator.solves={10 * allowed}"
    spent_all = more if record.counts[SOLVES] > solves else ""
    return Solution(device, record, _reason(device, record, waveform, reached, spent_all))


def _reason(device: Device, record: Record, waveform: Waveform, reached: float, spent: str) -> str:
    """Return when, at which voltage and why a solution failed, or ""."""

    def at(t: float, mechanism: str) -> str:
        return f"t = {t:.4g} s, U = {float(waveform(t)):.4g} V: {mechanism}"

    if reached < waveform.duration:
        if spent:
            return at(reached, f"more than the {spent}")
        return at(reached, "Newton did not converge at any step")
    time = record.time[: record.counts[STEPS] + 1]
    finite = np.isfinite(record.current[: time.size])
    if not finite.all():
        return at(time[int(np.argmin(finite))], "the current is not finite")
    diagnostics = Solution(device, record, "").diagnostics
    peak = np.abs(record.current[: time.size]).max()
    if diagnostics["edge_error"] > EDGE_LIMIT and peak > FLOOR:
        worst = int(np.argmax(record.edge_error[: time.size]))
        spread = f"{diagnostics['edge_error']:.1g} of its peak, more than {EDGE_LIMIT:g}"
        return at(time[worst], f"the current differs between edges by {spread}")
    if diagnostics["vacancy_drift"] > DRIFT_LIMIT:
        return at(reached, f"the vacancy content drifts by {diagnostics['vacancy_drift']:.1g}")
    return ""
