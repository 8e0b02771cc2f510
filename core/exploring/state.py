"""What the page shows, as a value: it leaves as the query of a link and as a command line."""

import shlex
from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from urllib.parse import urlencode

from ..errors import DynsurError, unknown_name
from ..systems.parameters import ParameterSpace
from .drives import FIELDS, Drive

DEVICES = ("a", "b")  # prefixes of their parameters in a link


@dataclass(frozen=True)
class State:
    """The devices, their drive and the output that is drawn.

    Args:
        devices: Every parameter by name, of one device or of two.
        drive: What drives them.
        output: Name of the output that is drawn.
    """

    devices: tuple[Mapping[str, float], ...]
    drive: Drive = field(default_factory=Drive)
    output: str = ""

    def query(self, space: ParameterSpace) -> str:
        """Return the query of a link that shows the same; defaults are left out."""
        pairs: list[tuple[str, str]] = []
        for prefix, device in zip(DEVICES, self.devices, strict=False):
            changed = [p.name for p in space if device[p.name] != p.value]
            if prefix == "b" and not changed:
                pairs.append(("b", "shown"))
            pairs += [(f"{prefix}.{name}", repr(float(device[name]))) for name in changed]
        if FIELDS[self.drive.kind]:
            pairs.append(("drive", self.drive.kind))
            pairs += [
                (f"drive.{name}", self.drive.fields[name]) for name in FIELDS[self.drive.kind]
            ]
        if self.output:
            pairs.append(("output", self.output))
        return urlencode(pairs)

    def with_value(self, device: int, name: str, value: float) -> "State":
        """Return the state with one parameter of one device replaced."""
        devices = list(self.devices)
        devices[device] = {**devices[device], name: value}
        return replace(self, devices=tuple(devices))


def read_query(
    query: Mapping[str, str], space: ParameterSpace, outputs: tuple[str, ...], usual: Drive
) -> tuple[State, list[str]]:
    """Return the state that a link describes, and what in it was not understood, a line each.

    Args:
        query: The link's query, a text for each key.
        space: The parameters; those that the link lacks have their defaults.
        outputs: Names of the outputs; the first is drawn unless the link says otherwise.
        usual: The drive's fields where the link lacks them.
    """
    values: dict[str, dict[str, float]] = {prefix: {} for prefix in DEVICES}
    fields, kind, output, wrong = dict(usual.fields), usual.kind, outputs[0], []
    shown = False
    for key, text in query.items():
        prefix, dot, name = key.partition(".")
        try:
            if dot and prefix in DEVICES:
                values[prefix][name] = _value(space, name, text)
            elif dot and prefix == "drive" and name in usual.fields:
                fields[name] = text
            elif key == "drive":
                kind = _one_of("drive", text, tuple(FIELDS))
            elif key == "output":
                output = _one_of("output", text, outputs)
            elif key == "b":
                shown = True
            else:
                wrong.append(f"the link's '{key:.40}' is not known and left out.")
        except DynsurError as error:
            wrong.append(f"the link's {key:.40}={text:.40} is left out: {error}")
    drive = Drive(kind, fields)
    try:
        drive.waveform()
    except DynsurError as error:
        wrong.append(f"the link's drive is left out: {error}")
        drive = usual
    kept = [p for p in DEVICES if p == "a" or shown or values[p]]
    return State(tuple(space.values(values[p]) for p in kept), drive, output), wrong


def command_line(
    command: str, target: str, settings: Mapping[str, str], space: ParameterSpace,
    device: Mapping[str, float], waveform: str | None = None,
) -> str:  # fmt: skip
    """Return the command that computes one device again.

    Args:
        command: "predict" or "simulate".
        target: The model or the system.
        settings: What was set when the page was opened, by name.
        space: The parameters; free ones and changed ones are written.
        device: Every parameter by name.
        waveform: A file that holds the drive.
    """
    words = ["dynsur", command, target]
    written = {p.name: repr(float(device[p.name])) for p in space
               if not p.is_fixed or device[p.name] != p.value}  # fmt: skip
    kept = {name: text for name, text in settings.items() if name not in space.names}
    fixed = {p.name: settings[p.name] for p in space if p.name in settings}
    for name, text in {**kept, **fixed, **written}.items():
        words += ["--set", f"{name}={text}"]
    if waveform is not None:
        words += ["--waveform", waveform]
    return shlex.join(words)


def _value(space: ParameterSpace, name: str, text: str) -> float:
    parameter = space[name]
    try:
        value = float(text)
    except ValueError:
        raise DynsurError(f"parameter '{name}' must be a number.") from None
    return parameter.check(value)


def _one_of(what: str, text: str, known: tuple[str, ...]) -> str:
    if text not in known:
        raise unknown_name(what, text, known)
    return text
