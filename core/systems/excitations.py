"""The excitations of system identification: random-phase multisines and swept sines."""

import math

import numpy as np

from ..errors import DynsurError
from ..numbers import number, numbers, positive, whole
from .signals import Smooth

DENSITY = 20  # samples in the shortest period
MOST = 10_000_000  # samples of a signal


def multisine(
    rms: float, band: tuple[float, float], period: float, seed: int, duration: float | None = None
) -> Smooth:
    """Return the sum of cosines of random phase at every multiple of 1/period in a band.

    u(t) = rms √(2/K) Σ_k cos(2π k t / period + φ_k), with K lines and φ_k uniform in [0, 2π).

    Args:
        rms: Root mean square over a period, in the unit of what is driven.
        band: Lowest and highest frequency, in Hz.
        period: Period of the signal, in s.
        seed: Seed of the phases.
        duration: End of the signal, in s; by default one period.

    Raises:
        DynsurError: No multiple of 1/period lies in the band.

    Source: Pintelon and Schoukens (2012), System Identification: A Frequency Domain Approach, 2nd
    edition, Wiley.
    """
    low, high = _band(band)
    rms, period = number("the root mean square", rms), positive("the period", period, "s")
    seed = whole("the seed of the phases", seed, least=0)
    end = period if duration is None else positive("the duration", duration, "s")
    _within(DENSITY * high * period)
    lines = np.arange(np.ceil(low * period - 1e-9), np.floor(high * period + 1e-9) + 1)
    lines = lines[lines > 0].astype(int)
    if not lines.size:
        raise DynsurError(
            f"no multiple of 1/{period:g} s lies in the band from {low:g} to {high:g} Hz; expected "
            "a longer period or a wider band."
        )
    count = int(DENSITY * lines[-1])
    spectrum = np.zeros(count // 2 + 1, complex)
    phases = np.random.default_rng(seed).uniform(0.0, 2 * np.pi, lines.size)
    spectrum[lines] = rms * np.sqrt(2.0 / lines.size) * np.exp(1j * phases) * count / 2
    return _until(np.fft.irfft(spectrum, count), period / count, end)


def sweep(amplitude: float, band: tuple[float, float], rate: float) -> Smooth:
    """Return a sine whose frequency sweeps linearly from one end of a band to the other.

    u(t) = amplitude sin 2π (f₀ t ± rate t² / 2), with f₀ the first frequency of the band.

    Args:
        amplitude: Peak value, in the unit of what is driven.
        band: First and last frequency, in Hz.
        rate: Change of the frequency, in Hz/s.
    """
    first, last = _band(band)
    amplitude, rate = number("the amplitude", amplitude), positive("the rate", rate, "Hz/s")
    if first == last:
        raise DynsurError(f"a sweep needs two frequencies that differ; got {first:g} Hz twice.")
    duration = abs(last - first) / rate
    count = _within(DENSITY * max(band) * duration) + 1
    t = np.linspace(0.0, duration, count)
    slope = np.copysign(rate, last - first)
    values = amplitude * np.sin(2 * np.pi * (first * t + 0.5 * slope * t**2))
    return Smooth(values, duration / (count - 1))


def _within(count: float) -> int:
    """Return a number of samples, or raise DynsurError if there are too many."""
    if count > MOST:
        raise DynsurError(
            f"the signal needs {count:.3g} samples, more than the {MOST:,} that it may have; give "
            "a lower band or a shorter signal."
        )
    return math.ceil(count)


def _band(band: tuple[float, float]) -> tuple[float, float]:
    ends = numbers("a band", band)
    if ends.shape != (2,) or not (np.isfinite(ends) & (ends >= 0)).all():
        raise DynsurError(f"a band must be two frequencies in Hz, 0 or more; got {band}.")
    return float(ends[0]), float(ends[1])


def _until(cycle: np.ndarray, step: float, duration: float) -> Smooth:
    """Repeat the samples of a period up to `duration`."""
    count = _within(duration / step - 1e-9) + 1
    return Smooth(np.resize(cycle, max(count, 6)), step, duration)
