"""Run a subcircuit in ngspice under a waveform."""

import re
import shutil
import subprocess
import tempfile
from collections.abc import Sequence
from pathlib import Path

import numpy as np

from ..errors import DynsurError
from ..systems.waveforms import Waveform
from .ports import Ports

TOLERANCE = 1e-5
STEPS = 2000  # at least, over the waveform
LIMIT = 60.0  # s
PER_LINE = 4  # points of a waveform


def has_ngspice() -> bool:
    """Return whether ngspice is installed."""
    return shutil.which("ngspice") is not None


def run_device(
    subcircuit: Path, name: str, ports: Ports, drives: Sequence[Waveform], steps: int = STEPS
) -> tuple[np.ndarray, list[np.ndarray]]:
    """Return the instants of ngspice's steps, in s, and the outputs of one device at them.

    Args:
        subcircuit: File with the subcircuit.
        name: Name of the subcircuit.
        ports: Its terminals.
        drives: Each of its inputs; of a system without any, one that says how long it runs.
        steps: Least number of steps.

    Raises:
        DynsurError: ngspice fails.
    """
    if ports.two_terminal:
        probes = ["i(v_in0)"]
        nodes = "plus 0"
    else:
        probes = [f"v({port})" for port, _ in ports.sources]
        nodes = " ".join(ports.names)
    source = []
    for k, (_, waveform) in enumerate(zip(ports.drives, drives, strict=False)):
        volts = [ports.volt * u for u in waveform.values]
        points = [f"{t!r} {u!r}" for t, u in zip(waveform.times, volts, strict=True)]
        rows = [" ".join(points[i : i + PER_LINE]) for i in range(0, len(points), PER_LINE)]
        source += [f"V_in{k} {ports.names[k]} 0 PWL(", *[f"+ {row}" for row in rows], "+ )"]
    deck = [
        "* dynsur: check of an exported device",
        f".include '{subcircuit.resolve()}'",
        *source,
        f"X_device {nodes} {name}",
    ]
    steps = max(steps, 2 * sum(len(waveform.times) for waveform in drives))
    table = run_deck(deck, max(waveform.duration for waveform in drives), probes, steps)
    sign = -1.0 / ports.ampere if ports.two_terminal else 1.0
    return table[0], [sign * row for row in table[1:]]


def run_deck(
    lines: Sequence[str], duration: float, probes: Sequence[str], steps: int = STEPS
) -> np.ndarray:
    """Run a netlist for a time and return the instants and the probes, shape [1 + probe, time].

    Args:
        lines: The netlist, whose first line is its title.
        duration: End, in s.
        probes: Vectors of ngspice, such as "i(v_in)".
        steps: Least number of steps.

    Raises:
        DynsurError: ngspice is missing, stops before the end or takes too long.
    """
    if not has_ngspice():
        raise DynsurError("ngspice is not installed; `apt-get install ngspice`, or --no-check.")
    longest = duration / steps
    with tempfile.TemporaryDirectory() as folder:
        out, deck = Path(folder) / "out.txt", Path(folder) / "deck.cir"
        control = [
            f".options reltol={TOLERANCE!r} method=trap itl4=100",
            f".tran {longest!r} {duration!r} 0 {longest!r}",
            ".control", "run", "set wr_singlescale", "set numdgt=14",
            f"wrdata {out} {' '.join(probes)}", "quit", ".endc", ".end",
        ]  # fmt: skip
        deck.write_text("\n".join([*lines, *control]) + "\n", encoding="utf-8")
        try:
            done = subprocess.run(["ngspice", "-b", str(deck)], cwd=folder, capture_output=True,
                                  text=True, timeout=LIMIT, check=False)  # fmt: skip
        except subprocess.TimeoutExpired:
            raise DynsurError(f"ngspice did not finish within {LIMIT:g} s.") from None
        table = np.loadtxt(out, ndmin=2).T if out.exists() else np.zeros((1, 1))
    if not np.isclose(table[0, -1], duration, rtol=1e-6) or len(table) != 1 + len(probes):
        said = re.findall(r"(?im)^.*(?:error|too small|undefined|singular|fatal).*$",
                          done.stdout + done.stderr)  # fmt: skip
        why = " ".join(said[0].split())[:200] if said else "it says nothing"
        raise DynsurError(f"ngspice stopped at {table[0, -1]:.3g} of {duration:.3g} s: {why}.")
    return table
