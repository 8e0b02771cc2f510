"""Time devices side by side against one solve_ivp call per device, at equal error.

For a few systems and a ladder of tolerances: CPU time per device, and the error of the output
against a tight reference, relative to its peak (median over devices). The time of the batch at the
error that scipy reaches at 1e-6 is read off between its own tolerances.

Usage: python benchmarks/speed/ode.py [DEVICES]
"""

import dataclasses
import sys
import time

import numpy as np
from dynsur.core import ODESystem, Parameter, ParameterSpace, Variable, rest, triangle
from rich.console import Console
from rich.table import Table

LADDER = (1e-3, 1e-4, 1e-5, 1e-6, 1e-7, 1e-8, 1e-9)
COMPARED = 1e-6  # tolerance of scipy's at which the times are compared
ALONE = 6  # devices that scipy integrates: each takes its own time anyway


DRIVEN = (Variable("u", "1"),)


def ode(name, ranges, rhs, drive, start, inputs=DRIVEN):
    """Return a system with parameters in the given ranges."""
    space = ParameterSpace(tuple(Parameter(n, a, b, "1") for n, (a, b) in ranges.items()))
    return ODESystem(
        name, "", space, inputs, (Variable("y", "1"),), rhs, drive, start, evaluations=10**7
    )


SYSTEMS = (
    ode(
        "Duffing under a triangle",
        {"d": (0.1, 0.5), "a": (0.5, 1.5), "b": (0.1, 2.0), "F": (0.1, 1.0), "T": (10.0, 30.0)},
        lambda t, y, u, p: (y[1], u - p["d"] * y[1] - p["a"] * y[0] - p["b"] * y[0] ** 3),
        lambda p: triangle(p["F"], p["T"], cycles=2),
        lambda p: (0.0, 0.0),
    ),
    ode(
        "FitzHugh-Nagumo",
        {"I": (0.2, 1.0), "a": (0.6, 0.8), "tau": (8.0, 16.0)},
        lambda t, y, u, p: (
            y[0] - y[0] ** 3 / 3 - y[1] + p["I"],
            (y[0] + p["a"] - 0.8 * y[1]) / p["tau"],
        ),
        lambda p: rest(200.0),
        lambda p: (-1.2, -0.6),
        (),
    ),
    ode(
        "van der Pol, μ = 100 to 1000",
        {"mu": (100.0, 1000.0)},
        lambda t, y, u, p: (y[1], p["mu"] * (1.0 - y[0] ** 2) * y[1] - y[0]),
        lambda p: rest(2.0 * p["mu"]),
        lambda p: (2.0, 0.0),
        (),
    ),
)


def outputs(system, parameters):
    """Return the output [device, time] and CPU seconds per device."""
    began = time.process_time()
    found = system.simulate_batch(parameters)
    seconds = (time.process_time() - began) / len(found["reason"])
    assert not any(found["reason"]), found["reason"]
    return found["y"], seconds


def ladder(system, parameters, reference, method):
    """Return error and seconds per device for each tolerance."""
    points = []
    count = len(reference)
    for tolerance in LADDER:
        y, seconds = outputs(
            dataclasses.replace(
                system, method=method, relative_tolerance=tolerance,
                absolute_tolerance=1e-2 * tolerance,
            ),
            parameters,
        )  # fmt: skip
        error = np.abs(y[:count] - reference).max(axis=1) / np.abs(reference).max(axis=1)
        points.append((float(np.median(error)), seconds))
    return np.array(points)


def seconds_at(error, points):
    """Read the time at an error off a ladder, linear in the logarithms."""
    order = np.argsort(points[:, 0])
    x, y = np.log(points[order, 0]), np.log(points[order, 1])
    return float(np.exp(np.interp(np.log(error), x, y)))


def main():
    """Print the comparison."""
    devices = int(sys.argv[1]) if len(sys.argv) > 1 else 256
    table = Table(title=f"CPU time per device, {devices} devices side by side")
    for column in ("system", "solve_ivp", "error", "one call each", "side by side", "ratio"):
        table.add_column(column)
    for system in SYSTEMS:
        parameters = system.space.sample(0, 0, devices)
        few = {name: values[:ALONE] for name, values in parameters.items()}
        tight = dataclasses.replace(
            system, method="LSODA", relative_tolerance=1e-12, absolute_tolerance=1e-14
        )
        reference, _ = outputs(tight, few)
        outputs(system, few)
        batch = ladder(system, parameters, reference, "auto")
        stiff = "Pol" in system.name
        for method in ("LSODA", "Radau" if stiff else "DOP853", *(() if stiff else ("RK45",))):
            alone = ladder(system, few, reference, method)
            error, seconds = alone[LADDER.index(COMPARED)]
            own = seconds_at(error, batch)
            table.add_row(
                system.name, method, f"{error:.1e}", f"{1e3 * seconds:.2f} ms",
                f"{1e3 * own:.2f} ms", f"{seconds / own:.1f}",
            )  # fmt: skip
    Console().print(table)


if __name__ == "__main__":
    main()
