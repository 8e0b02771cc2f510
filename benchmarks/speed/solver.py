"""Compare the ReRAM solver with a plain one, and show where its time goes: part of `make bench`.

All times are CPU time of one core. Usage: python benchmarks/speed/solver.py [RANDOM DEVICES]
"""

import resource
import signal
import subprocess
import sys
import time
from pathlib import Path

import numpy as np
from dynsur.plugins.reram import TABLE_1, ReRAM
from dynsur.plugins.reram.drift_diffusion.assembly import assemble, evaluate
from dynsur.plugins.reram.drift_diffusion.block_elimination import eliminate, substitute
from dynsur.plugins.reram.drift_diffusion.device import make_device
from dynsur.plugins.reram.drift_diffusion.poisson_boltzmann import solve_equilibrium
from dynsur.plugins.reram.drift_diffusion.unknowns import State, allocate
from rich.console import Console
from rich.table import Table

sys.path.append(str(Path(__file__).parents[1]))  # the second implementation lies beside this folder
from verification.devices import S1, S2, values_of
from verification.plain import Plain

TOLERANCES = (0.05, 0.01, 0.001)
REFERENCE = 1e-4  # tolerance of the converged solution
PATIENCE = 40  # s of CPU time given to the plain implementation for one cycle
console = Console()


def timed(function, *arguments, repeat=1):
    """Return the result and the CPU time of one call, in s."""
    began = time.process_time()
    for _ in range(repeat):
        result = function(*arguments)
    return result, (time.process_time() - began) / repeat


def plain_cycle(parameters, x):
    """Return the current of the plain implementation on the nodes x, or None if it gives up."""

    def give_up(*_):
        raise TimeoutError

    values = values_of(parameters)
    waveform = ReRAM().drive(values)
    signal.signal(signal.SIGPROF, give_up)
    signal.setitimer(signal.ITIMER_PROF, PATIENCE)
    try:
        with np.errstate(all="ignore"):
            return Plain(values, x).sweep(waveform, waveform.grid(501), rtol=1e-3)[0]
    except (TimeoutError, RuntimeError, ValueError, np.linalg.LinAlgError):
        return None
    finally:
        signal.setitimer(signal.ITIMER_PROF, 0)


def side_by_side(devices):
    """Print time and error against the converged solution, device by device."""
    table = Table(title="One cycle: CPU s and error of I(t) relative to its peak")
    table.add_column("device")
    for tolerance in TOLERANCES:
        table.add_column(f"tolerance {tolerance:g}", justify="right")
    table.add_column("plain scipy, mesh of 0.05", justify="right")
    for name, parameters in devices.items():
        best = ReRAM(tolerance=REFERENCE).simulate(parameters)["current"].values
        row = [name]

        def entry(current, seconds, best=best):
            if current is None or not np.isfinite(current).all():
                return f"gave up, {seconds:.1f} s"
            return f"{seconds:.3f} s, {np.abs(current - best).max() / np.abs(best).max():.1e}"

        for tolerance in TOLERANCES:
            data, seconds = timed(ReRAM(tolerance=tolerance).simulate, parameters)
            row.append(entry(data["current"].values, seconds))
        x = ReRAM(fields=1, tolerance=TOLERANCES[0]).simulate(parameters)["x"].values
        row.append(entry(*timed(plain_cycle, parameters, x)))
        table.add_row(*row)
    console.print(table)


def where_time_goes(parameters):
    """Print the share of each part of a cycle: calls counted, single calls timed."""
    simulator = ReRAM(fields=1)
    (data, total), values = timed(simulator.simulate, parameters), values_of(parameters)
    device = make_device(values, np.array(data["x"].values))
    state = State(np.zeros((4, device.x.size)), np.zeros((3, device.x.size + 1)), np.zeros(1))
    work, contact = allocate(device.x.size), np.zeros((2, 2, 3))
    _, equilibrium = timed(solve_equilibrium, device, state, work, contact)
    solves = data.attrs["newton_iterations"]
    levels = solves + data.attrs["steps"]  # every step ends with an evaluation of its solution
    zeros = np.zeros((3, device.x.size))
    calls = {
        "evaluate": (levels, evaluate, device, state, work),
        "assemble": (levels, assemble, device, state, work, 0.0, contact, 1.0, zeros),
        "eliminate": (solves, eliminate, work),
        "substitute": (solves, substitute, device, state, work, 0.0),
    }
    rows = {"equilibrium": (1, equilibrium)}
    for name, (count, function, *arguments) in calls.items():
        function(*arguments)
        rows[name] = (count, timed(function, *arguments, repeat=200)[1])
    rest = total - sum(count * seconds for count, seconds in rows.values())
    title = f"Where {total:.3f} s of a cycle of S2 go, {device.x.size} nodes"
    table = Table("part", "calls", "µs a call", "share", title=title)
    for name, (count, seconds) in rows.items():
        table.add_row(name, str(count), f"{1e6 * seconds:.1f}", f"{count * seconds / total:.0%}")
    table.add_row("rest", "", "", f"{rest / total:.0%}")
    console.print(table)


def scaling(parameters):
    """Print time over the number of nodes."""
    table = Table("nodes", "steps", "linear solves", "CPU s", "ns per node and solve",
                  title="Scaling with the mesh, S2")  # fmt: skip
    for largest in (2e-2, 1e-2, 5e-3, 2.5e-3, 1.25e-3, 6.25e-4):
        simulator = ReRAM(fields=1, largest_cell=largest, step_tolerance=3e-4)
        data, seconds = timed(simulator.simulate, parameters)
        nodes, solves = data.sizes["x"], data.attrs["newton_iterations"]
        each = f"{1e9 * seconds / nodes / solves:.0f}"
        table.add_row(str(nodes), str(data.attrs["steps"]), str(solves), f"{seconds:.3f}", each)
    console.print(table)


def cold_start():
    """Print what a fresh process needs to its first result, compiled code being cached."""
    # ru_maxrss would count what this process holds: a child begins as its copy.
    code = (
        "import time; from dynsur.plugins.reram import ReRAM; ReRAM().simulate({});"
        "peak = [line for line in open('/proc/self/status') if line.startswith('VmHWM')][0];"
        "print(time.process_time(), int(peak.split()[1]) / 1024)"
    )
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    seconds, memory = map(float, done.stdout.split())
    console.print(f"Cold process to its first cycle: {seconds:.2f} s CPU, peak {memory:.0f} MiB.")


def main():
    """Print all tables."""
    count = int(sys.argv[1]) if len(sys.argv) > 1 else 2
    columns = TABLE_1.sample(0, 0, count)
    devices = {"S1": S1, "S2": S2} | {
        f"seed 0, draw {i}": {name: float(column[i]) for name, column in columns.items()}
        for i in range(count)
    }
    ReRAM().simulate(S2)  # compiled code into the cache, and out of the timings
    cold_start()
    where_time_goes(S2)
    scaling(S2)
    side_by_side(devices)
    peak = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024
    console.print(f"Peak memory of this process, plain implementation included: {peak:.0f} MiB.")


if __name__ == "__main__":
    main()
