"""Draw the pictures of docs/oscillators.md: part of `make pictures`."""

import dataclasses

import numpy as np
from dynsur.core import triangle
from dynsur.plugins.oscillators import BOUC_WEN, FITZHUGH_NAGUMO, LORENZ, SILVERBOX


def bouc_wen(axes):
    """Draw a multisine and its response, and the loop that the hysteretic force leaves."""
    data = BOUC_WEN.simulate({"rms": 50.0})
    part = data["time"] < 0.4
    axes[0].plot(data["time"][part], 1e3 * data["displacement"][part])
    axes[0].set(xlabel="time (s)", ylabel="displacement (mm)", title="under a multisine, rms 50 N")
    slow = dataclasses.replace(
        BOUC_WEN,
        drive=lambda p: triangle(120.0, 4.0, cycles=2),
        observe=lambda y, u, p: [y[0]],
        points=2001,
    )
    loop = slow.simulate({})
    later = loop["time"] >= 4.0
    axes[1].plot(1e3 * loop["displacement"][later], loop["force"][later])
    axes[1].set(xlabel="displacement (mm)", ylabel="force (N)", title="under a slow triangle")


def silverbox(axes):
    """Draw the response in time, and the gain at the excited frequencies for small and large."""
    small, large = (SILVERBOX.simulate({"rms": rms}) for rms in (0.002, 0.1))
    part = large["time"] < 0.4
    axes[0].plot(large["time"][part], large["output"][part])
    axes[0].set(xlabel="time (s)", ylabel="output (V)", title="under a multisine, rms 0.1 V")
    for data, label in ((small, "rms 2 mV"), (large, "rms 0.1 V")):
        window = np.hanning(data.sizes["time"])
        u, y = (np.fft.rfft(window * data[name].values) for name in ("input", "output"))
        smooth = np.ones(5)
        power, cross = (np.convolve(v, smooth, "same") for v in (abs(u) ** 2, y * u.conj()))
        frequency = np.fft.rfftfreq(window.size, float(data["time"][1]))
        shown = (frequency > 5) & (frequency < 200)
        axes[1].semilogy(frequency[shown], abs(cross / power)[shown], label=label)
    axes[1].set(xlabel="frequency (Hz)", ylabel="|Y / U|", title="the spring hardens")
    axes[1].legend()


def fitzhugh_nagumo(axes):
    """Draw potentials below and above threshold, and the orbit between the nullclines."""
    for current in (0.1, 0.5):
        data = FITZHUGH_NAGUMO.simulate({"current": current})
        axes[0].plot(data["time"], data["potential"], label=f"I = {current}")
    axes[0].set(xlabel="time", ylabel="potential v", title="stimulus from t = 10 to 110")
    axes[0].legend()
    v = np.linspace(-2.2, 2.2, 200)
    axes[1].plot(v, v - v**3 / 3 + 0.5, "0.6", linestyle="--")
    axes[1].plot(v, (v + 0.7) / 0.8, "0.6", linestyle=":")
    axes[1].plot(data["potential"], data["recovery"], color="C1")
    axes[1].set(xlabel="potential v", ylabel="recovery w", ylim=(-1, 2), title="and the nullclines")


def lorenz(axes):
    """Draw two neighbours over time and the attractor."""
    near = LORENZ.simulate_batch({"x_0": [1.0, 1.001], "y_0": 1.0, "z_0": 20.0})
    for time, x, label in zip(near["time"], near["x"], ("x(0) = 1", "x(0) = 1.001"), strict=True):
        axes[0].plot(time, x, label=label)
    axes[0].set(xlabel="time", ylabel="x", title="neighbours part")
    axes[0].legend()
    many = LORENZ.simulate_batch(LORENZ.space.sample(0, 0, 8))
    for x, z in zip(many["x"], many["z"], strict=True):
        axes[1].plot(x[100:], z[100:], color="C0", linewidth=0.6)
    axes[1].set(xlabel="x", ylabel="z", title="the attractor")


PICTURES = {
    "bouc-wen": bouc_wen,
    "silverbox": silverbox,
    "fitzhugh-nagumo": fitzhugh_nagumo,
    "lorenz": lorenz,
}
