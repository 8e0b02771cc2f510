"""Run PyBaMM's models of a cell; only this module imports PyBaMM."""

import functools
import os
import warnings
from collections.abc import Mapping
from typing import Any

import numpy as np
from dynsur.core import Waveform, needed

# PyBaMM would ask on standard input, where a worker gets its samples, whether it may report use.
os.environ.setdefault("PYBAMM_DISABLE_TELEMETRY", "true")
CELL = "Chen2020"
GIVEN = {  # parameters of PyBaMM that differ between samples
    "T": ("Ambient temperature [K]", "Initial temperature [K]"),
    "D_n": ("Negative particle diffusivity [m2.s-1]",),
    "D_p": ("Positive particle diffusivity [m2.s-1]",),
    "c_n": ("Initial concentration in negative electrode [mol.m-3]",),
    "c_p": ("Initial concentration in positive electrode [mol.m-3]",),
}
VOLTAGE = "Voltage [V]"
DURATION, HEIGHT = "dynsur duration [s]", "dynsur height"


def voltage(
    model: str,
    tolerance: float,
    shape: Waveform,
    duration: float,
    height: float,
    values: Mapping[str, float],
    time: np.ndarray,
) -> np.ndarray | str:
    """Return the terminal voltage in V of a cell under the current height·shape(t/duration).

    Args:
        model: Name of a model in `pybamm.lithium_ion`, "SPM" or "DFN".
        tolerance: Relative tolerance of the solver.
        shape: The current over its height, over time in units of `duration`.
        duration: Unit of the shape's time, in s.
        height: Unit of the shape's values, in A.
        values: T in K, D_n and D_p in m²/s, and soc, the state of charge at the start.
        time: Instants, shape [time], in s.

    Returns:
        The voltage, shape [time], or the reason of a failure.
    """
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")  # what matters ends as the reason
        pybamm = needed("pybamm", "pybamm", "a simulated battery")
        simulation, ends = _simulation(model, shape, tolerance)
        share = values["soc"]
        given = {
            **{name: values[name] for name in ("T", "D_n", "D_p")},
            **{name: low + share * (high - low) for name, (low, high) in ends.items()},
        }
        inputs = {full: given[name] for name in GIVEN for full in GIVEN[name]}
        inputs |= {DURATION: duration, HEIGHT: height}
        kinks = duration * np.array(shape.times)
        try:
            solution = simulation.solve(t_eval=kinks, t_interp=time, inputs=inputs)
        except pybamm.SolverError as error:
            reason, _, _ = " ".join(str(error).split()).partition(" with inputs")
            return f"PyBaMM stopped: {reason}"
        if solution.termination != "final time":
            event = solution.termination.removeprefix("event: ").removesuffix(" [V]")
            return f"{event} reached at {solution.t[-1]:.4g} s"
        return np.asarray(solution[VOLTAGE](time), float)


@functools.lru_cache(maxsize=8)
def _simulation(
    model: str, shape: Waveform, tolerance: float
) -> tuple[Any, dict[str, tuple[float, float]]]:
    """Return the discretised model, and c_n and c_p in mol/m³ of the empty and the full cell."""
    import pybamm

    pybamm.set_logging_level("CRITICAL")
    cell = pybamm.ParameterValues(CELL)
    empty_n, full_n, full_p, empty_p = pybamm.lithium_ion.get_min_max_stoichiometries(cell)
    most_n = cell["Maximum concentration in negative electrode [mol.m-3]"]
    most_p = cell["Maximum concentration in positive electrode [mol.m-3]"]
    phase = pybamm.t / pybamm.InputParameter(DURATION)
    current = pybamm.Interpolant(np.array(shape.times), np.array(shape.values), [phase])
    cell.update({full: "[input]" for names in GIVEN.values() for full in names})
    cell["Current function [A]"] = pybamm.InputParameter(HEIGHT) * current
    solver = pybamm.IDAKLUSolver(rtol=tolerance, atol=tolerance, output_variables=[VOLTAGE])
    equations = getattr(pybamm.lithium_ion, model)()
    simulation = pybamm.Simulation(equations, parameter_values=cell, solver=solver)
    ends = {"c_n": (empty_n * most_n, full_n * most_n), "c_p": (empty_p * most_p, full_p * most_p)}
    return simulation, ends
