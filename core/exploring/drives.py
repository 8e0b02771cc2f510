"""The drives that the page offers besides a system's own: triangle, sine, pulses."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from typing import Any

import numpy as np

from ..errors import DynsurError, unknown_name
from ..systems.waveforms import Waveform, pulse_train, sine, triangle

OWN = "own"
FIELDS: dict[str, tuple[str, ...]] = {
    OWN: (),
    "triangle": ("amplitude", "offset", "period", "cycles"),
    "sine": ("amplitude", "offset", "period", "cycles"),
    "pulses": ("levels", "offset", "width", "gap", "edge", "repeats"),
}
VALUES = ("amplitude", "levels", "offset")  # in the unit of the input
TIMES = ("period", "width", "gap", "edge")
COUNTS = ("cycles", "repeats")


@dataclass(frozen=True)
class Drive:
    """A drive as the page's controls describe it.

    Args:
        kind: One of `FIELDS`; "own" is the drive of the system itself.
        fields: The texts of the kind's fields by name; levels are separated by commas.
    """

    kind: str = OWN
    fields: Mapping[str, str] = field(default_factory=dict)

    def waveform(self) -> Waveform | None:
        """Return the waveform, or None for the system's own drive.

        Raises:
            DynsurError: The kind is unknown, or a field is missing or holds no usable number.
        """
        if self.kind not in FIELDS:
            raise unknown_name("drive", self.kind, tuple(FIELDS))
        if self.kind == OWN:
            return None
        given: dict[str, Any] = {
            name: _read(name, self.fields.get(name, "")) for name in FIELDS[self.kind]
        }
        offset = given.pop("offset")
        shapes: dict[str, Callable[..., Waveform]] = {
            "triangle": triangle,
            "sine": sine,
            "pulses": pulse_train,
        }
        wave = shapes[self.kind](**given)
        return Waveform(wave.times, tuple(offset + u for u in wave.values)) if offset else wave

    def pairs(self, prefix: str = "drive") -> list[tuple[str, str]]:
        """Return the keys and texts by which a link names it; none for the system's own drive."""
        if not FIELDS[self.kind]:
            return []
        fields = [(f"{prefix}.{name}", self.fields[name]) for name in FIELDS[self.kind]]
        return [(prefix, self.kind), *fields]


@dataclass(frozen=True)
class Drives:
    """A drive for each of several inputs.

    Args:
        by_input: The drives by the names of the inputs.
    """

    by_input: Mapping[str, Drive]

    def waveform(self) -> dict[str, Waveform] | None:
        """Return the waveforms by input, or None where each keeps the system's own drive.

        Raises:
            DynsurError: As for `Drive.waveform`; names the input.
        """
        waves = {}
        for name, drive in self.by_input.items():
            try:
                waves[name] = drive.waveform()
            except DynsurError as error:
                raise DynsurError(f"{name}: {error}") from None
        chosen = {name: wave for name, wave in waves.items() if wave is not None}
        return chosen or None

    def pairs(self) -> list[tuple[str, str]]:
        """Return the keys and texts by which a link names them."""
        return [p for name, drive in self.by_input.items() for p in drive.pairs(f"drive.{name}")]


def usual_fields(amplitude: float, duration: float, offset: float = 0.0) -> dict[str, str]:
    """Return texts for the fields of all kinds that resemble a system's own drive.

    Args:
        amplitude: The largest modulus of the drive from its offset, in its unit.
        duration: Its duration, in s.
        offset: The value about which it swings, in its unit.
    """
    times = {"period": 1.0, "width": 0.1, "gap": 0.1, "edge": 0.01}
    size = amplitude or 1.0
    return {
        "amplitude": f"{size:.6g}",
        "offset": f"{offset:.6g}",
        "cycles": "1",
        "levels": f"{size:.6g}, {-size:.6g}",
        "repeats": "2",
        **{name: f"{share * duration:.6g}" for name, share in times.items()},
    }


def _read(name: str, text: str) -> float | int | list[float]:
    """Read a field's text as a number, a count or a list of numbers."""
    try:
        if name == "levels":
            return [float(part) for part in text.split(",") if part.strip()]
        value = float(text)
        if not np.isfinite(value):
            raise ValueError
        if name in COUNTS:
            if value != int(value):
                raise ValueError
            return int(value)
        return value
    except ValueError:
        kind = {"levels": "numbers separated by commas"}.get(
            name, "a whole number" if name in COUNTS else "a finite number"
        )
        raise DynsurError(f"the drive's {name} must be {kind}; got '{text:.40}'.") from None
