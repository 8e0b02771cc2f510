"""Random drives of every kind that a memristive device meets, on the clock of a model's steps."""

import numpy as np
from dynsur.core import Waveform

KINDS = ("pulses", "ramps", "minor loops", "triangles", "random")
Turns = tuple[list[int], list[float]]  # how many steps each straight piece takes, and where it ends


def random_drive(amplitude: float, realisation: int, steps: int, step: float) -> Waveform:
    """Return the drive with this number, of the kind number modulo 5 of `KINDS`.

    Its kinks are multiples of `step`, so that samples at this interval miss nothing of it.

    Args:
        amplitude: Largest voltage, in V.
        realisation: Number of the drive, which seeds all draws.
        steps: Duration in steps.
        step: Time between samples, in s.
    """
    stream = np.random.default_rng(realisation)
    draw = (_pulses, _ramps, _minor_loops, _triangles, _random)[realisation % len(KINDS)]
    widths, values = draw(stream, steps)
    ends = np.cumsum(widths)
    times, volts = [0.0], [0.0]
    for end, value in zip(ends, values, strict=True):
        times.append(float(end) * step)
        volts.append(amplitude * value)
    last = steps * step
    cut = Waveform(tuple(times), tuple(volts))
    kept = [k for k, t in enumerate(times) if t < last - 0.5 * step]
    return Waveform(
        (*(times[k] for k in kept), last),
        (*(volts[k] for k in kept), float(cut(last))),
    )


def _pulses(stream: np.random.Generator, steps: int) -> Turns:
    """Trapezoids of random height and width, with rests at zero or at a reading voltage."""
    widths, values = [], []
    levels = stream.uniform(-1.0, 1.0, int(stream.integers(1, 5)))
    base = 0.0 if stream.random() < 0.5 else stream.uniform(-0.2, 0.2)
    width, gap = stream.integers(1, 7, 2).tolist()
    fixed = stream.random() < 0.5
    while sum(widths) < steps:
        level = stream.uniform(-1.0, 1.0) if not fixed else stream.choice(levels)
        if not fixed:
            width, gap = stream.integers(1, 9, 2).tolist()
        widths += [1, width, 1, gap]
        values += [float(level), float(level), base, base]
    return widths, values


def _ramps(stream: np.random.Generator, steps: int) -> Turns:
    """Ramps between random levels, from short to as long as the record."""
    widths, values = [], []
    while sum(widths) < steps:
        widths.append(int(np.exp(stream.uniform(np.log(2.0), np.log(80.0)))))
        values.append(float(stream.uniform(-1.0, 1.0)))
    return widths, values


def _minor_loops(stream: np.random.Generator, steps: int) -> Turns:
    """A first ramp or loop, and loops between levels that stay close to a slowly moving centre."""
    first = float(stream.uniform(-1.0, 1.0))
    widths, values = [int(stream.integers(3, 21))], [first]
    while sum(widths) < steps:
        centre, half = stream.uniform(-0.8, 0.8), stream.uniform(0.05, 0.5)
        ramp = int(stream.integers(2, 13))
        for k in range(2 * int(stream.integers(1, 4))):
            widths.append(ramp)
            values.append(float(np.clip(centre + (half if k % 2 else -half), -1.0, 1.0)))
    return widths, values


def _triangles(stream: np.random.Generator, steps: int) -> Turns:
    """Symmetric triangles of one amplitude and one period; the first may rise or fall."""
    quarter = int(np.exp(stream.uniform(np.log(3.0), np.log(45.0))))
    size = float(stream.uniform(0.3, 1.0) * stream.choice([-1.0, 1.0]))
    widths, values = [quarter], [size]
    while sum(widths) < steps:
        size = -size
        widths.append(2 * quarter)
        values.append(size)
    return widths, values


def _random(stream: np.random.Generator, steps: int) -> Turns:
    """Straight pieces of random length between random levels, some of them held."""
    widths, values = [], []
    longest = int(stream.integers(2, 17))
    while sum(widths) < steps:
        held = bool(values) and stream.random() < 0.25
        widths.append(int(stream.integers(1, longest + 1)))
        values.append(values[-1] if held else float(stream.uniform(-1.0, 1.0)))
    return widths, values
