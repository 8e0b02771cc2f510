"""The Bouc–Wen hysteretic oscillator of the nonlinear benchmark.

m ÿ + c ẏ + k y + z = u,    ż = α ẏ − β (γ |ẏ| |z|^{ν−1} z + δ ẏ |z|^ν)

Source: Noël and Schoukens (2016), Hysteretic benchmark with a dynamic nonlinearity, Workshop on
Nonlinear System Identification Benchmarks, data doi:10.4121/12967592; Schoukens and Noël (2017),
Three Benchmarks Addressing Open Challenges in Nonlinear System Identification, IFAC-PapersOnLine
50, 448–453, doi:10.1016/j.ifacol.2017.08.071. The values are theirs. Their data are integrated by
Newmark's method at 15 kHz and filtered; ours are integrated to a tolerance and have no noise.
"""

import dataclasses
from collections.abc import Mapping
from typing import Any

import numpy as np
from dynsur.core import (
    ODESystem,
    Parameter,
    ParameterSpace,
    Smooth,
    Variable,
    multisine,
    sweep,
)

RATE = 750.0  # Hz
PERIOD = 8192 / RATE  # s, of the multisines
BAND = (5.0, 150.0)  # Hz
LARGEST = 50.0  # N, rms
VALUES = "Noël and Schoukens (2016), Table 1"


def _fixed(name: str, value: float, units: str, long_name: str, symbol: str) -> Parameter:
    return Parameter(name, value, value, units, long_name=long_name, symbol=symbol, source=VALUES)


SPACE = ParameterSpace(
    (
        Parameter("rms", 10.0, LARGEST, "N", long_name="rms of the force", symbol=r"u_{rms}"),
        Parameter(
            "realisation", 0.0, 1e6, "1", default=0.0, domain=(0.0, 2.0**53), seen=False,
            long_name="number of the multisine's random phases, its whole part",
        ),
        _fixed("m", 2.0, "kg", "mass", "m"),
        _fixed("c", 10.0, "N s/m", "viscous damping", "c"),
        _fixed("k", 5e4, "N/m", "linear stiffness", "k"),
        _fixed("alpha", 5e4, "N/m", "hysteretic stiffness", r"\alpha"),
        _fixed("beta", 1e3, "1/m", "size of the hysteresis", r"\beta"),
        _fixed("gamma", 0.8, "1", "share of |ẏ| |z|", r"\gamma"),
        _fixed("delta", -1.1, "1", "share of ẏ |z|", r"\delta"),
        _fixed("nu", 1.0, "1", "smoothness of the transition", r"\nu"),
    )
)  # fmt: skip


def motion(t: Any, state: Any, u: Any, p: Mapping[str, Any]) -> tuple[Any, Any, Any]:
    """Return the derivatives of displacement y, velocity ẏ and hysteretic force z."""
    y, v, z = state
    size = np.abs(z) ** p["nu"]
    slip = p["beta"] * (p["gamma"] * np.abs(v) * np.sign(z) * size + p["delta"] * v * size)
    return v, (u - p["c"] * v - p["k"] * y - z) / p["m"], p["alpha"] * v - slip


def force(p: Mapping[str, float], points: int) -> Smooth:
    """Return the first `points` samples at 750 Hz of a multisine like the benchmark's."""
    duration = (points - 1) / RATE
    return multisine(p["rms"], BAND, PERIOD, int(p["realisation"]), duration)


def bouc_wen(points: int = 256) -> ODESystem:
    """Return the system, driven from rest by `points` samples of a multisine."""
    return ODESystem(
        name="bouc-wen",
        description="Bouc–Wen hysteretic oscillator under random-phase multisines",
        space=SPACE,
        inputs=(Variable("force", "N", "driving force", "u"),),
        outputs=(Variable("displacement", "m", "displacement", "y"),),
        rhs=motion,
        drive=lambda p: force(p, points),
        start=lambda p: (0.0, 0.0, 0.0),
        points=points,
        relative_tolerance=1e-6,
        absolute_tolerance=(1e-11, 1e-9, 1e-6),
        evaluations=3_000_000,
    )


BOUC_WEN = bouc_wen()


def multisine_test() -> tuple[ODESystem, np.ndarray]:
    """Return the system under the multisine test, and the samples on which models are judged.

    The test is a realisation of its own with an rms of 50 N and two periods from rest. Models are
    judged on the second period, which is steady.
    """
    count = 2 * 8192
    signal = multisine(LARGEST, BAND, PERIOD, 2**52, (count - 1) / RATE)
    return _under(signal, count), np.arange(8192, count)


def sweep_test() -> tuple[ODESystem, np.ndarray]:
    """Return the system under the sine-sweep test, and the samples on which models are judged.

    The sweep has 40 N, runs from 20 to 50 Hz at 10 Hz/min and starts from rest. All samples count.
    """
    signal = sweep(40.0, (20.0, 50.0), 10.0 / 60.0)
    count = round(signal.duration * RATE) + 1
    return _under(signal, count), np.arange(count)


def _under(signal: Smooth, points: int) -> ODESystem:
    # One device alone: scipy's solver of the same order takes less time than lanes of arrays.
    return dataclasses.replace(
        BOUC_WEN, waveform=signal, points=points, evaluations=10**8, method="DOP853"
    )
