"""The drives that the page offers besides a system's own: triangle, sine, pulses."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field

import numpy as np

from ..errors import DynsurError, unknown_name
from ..systems.waveforms import Waveform, pulse_train, sine, triangle

OWN = "own"
FIELDS: dict[str, tuple[str, ...]] = {
    OWN: (),
    "triangle": ("amplitude", "period", "cycles"),
    "sine": ("amplitude", "period", "cycles"),
    "pulses": ("levels", "width", "gap", "edge", "repeats"),
}
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
        given = {name: _read(name, self.fields.get(name, "")) for name in FIELDS[self.kind]}
        shapes: dict[str, Callable[..., Waveform]] = {
            "triangle": triangle,
            "sine": sine,
            "pulses": pulse_train,
        }
        return shapes[self.kind](**given)


def usual_fields(amplitude: float, duration: float) -> dict[str, str]:
    """Return texts for the fields of all kinds that resemble a system's own drive.

    Args:
        amplitude: The largest modulus of the drive, in its unit.
        duration: Its duration, in s.
    """
    times = {"period": 1.0, "width": 0.1, "gap": 0.1, "edge": 0.01}
    size = amplitude or 1.0
    return {
        "amplitude": f"{size:.6g}",
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
