"""What the page shows, as a value: it leaves as the query of a link and as a command line."""

import shlex
from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from urllib.parse import urlencode

from ..errors import DynsurError, unknown_name
from ..systems.parameters import ParameterSpace
from .drives import FIELDS, Drive, Drives

DEVICES = ("a", "b")  # prefixes of their parameters in a link


@dataclass(frozen=True)
class State:
    """The devices, their drive and the output that is drawn.

    Args:
        devices: Every parameter by name, of one device or of two.
        drive: What drives them: a drive, or one for each of several inputs.
        output: Name of the output that is drawn.
        input: Name of the input that it is drawn over, "" for the first one.
    """

    devices: tuple[Mapping[str, float], ...]
    drive: Drive | Drives = field(default_factory=Drive)
    output: str = ""
    input: str = ""

    def query(self, space: ParameterSpace) -> str:
        """Return the query of a link that shows the same; defaults are left out."""
        pairs: list[tuple[str, str]] = []
        for prefix, device in zip(DEVICES, self.devices, strict=False):
            changed = [p.name for p in space if device[p.name] != p.value]
            if prefix == "b" and not changed:
                pairs.append(("b", "shown"))
            pairs += [(f"{prefix}.{name}", repr(float(device[name]))) for name in changed]
        pairs += self.drive.pairs()
        if self.output:
            pairs.append(("output", self.output))
        if self.input:
            pairs.append(("input", self.input))
        return urlencode(pairs)

    def with_value(self, device: int, name: str, value: float) -> "State":
        """Return the state with one parameter of one device replaced."""
        devices = list(self.devices)
        devices[device] = {**devices[device], name: value}
        return replace(self, devices=tuple(devices))


def read_query(
    query: Mapping[str, str],
    space: ParameterSpace,
    outputs: tuple[str, ...],
    usual: Drive | Drives,
) -> tuple[State, list[str]]:
    """Return the state that a link describes, and what in it was not understood, a line each.

    Args:
        query: The link's query, a text for each key.
        space: The parameters; those that the link lacks have their defaults.
        outputs: Names of the outputs; the first is drawn unless the link says otherwise.
        usual: The drive's fields where the link lacks them; of several inputs, each one's.
    """
    values: dict[str, dict[str, float]] = {prefix: {} for prefix in DEVICES}
    several = usual.by_input if isinstance(usual, Drives) else {}
    known = {f"drive.{name}": drive for name, drive in several.items()} or {"drive": usual}
    drives = {prefix: (drive.kind, dict(drive.fields)) for prefix, drive in known.items()}
    output, over, wrong, shown = outputs[0], "", [], False
    for key, text in query.items():
        prefix, dot, name = key.partition(".")
        try:
            if dot and prefix in DEVICES:
                values[prefix][name] = _value(space, name, text)
            elif key in drives:
                drives[key] = (_one_of("drive", text, tuple(FIELDS)), drives[key][1])
            elif _field_of(key, drives):
                drives[key.rpartition(".")[0]][1][key.rpartition(".")[2]] = text
            elif key == "output":
                output = _one_of("output", text, outputs)
            elif key == "input" and several:
                over = _one_of("input", text, tuple(several))
            elif key == "b":
                shown = True
            else:
                wrong.append(f"the link's '{key:.40}' is not known and left out.")
        except DynsurError as error:
            wrong.append(f"the link's {key:.40}={text:.40} is left out: {error}")
    chosen = {}
    for prefix, parts in drives.items():
        chosen[prefix] = Drive(*parts)
        try:
            chosen[prefix].waveform()
        except DynsurError as error:
            wrong.append(f"the link's {prefix} is left out: {error}")
            chosen[prefix] = known[prefix]
    drive = Drives(dict(zip(several, chosen.values(), strict=True))) if several else chosen["drive"]
    kept = [p for p in DEVICES if p == "a" or shown or values[p]]
    return State(tuple(space.values(values[p]) for p in kept), drive, output, over), wrong


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


def _field_of(key: str, drives: Mapping[str, tuple[str, Mapping[str, str]]]) -> bool:
    """Return whether a link's key is a field of a drive."""
    prefix, _, name = key.rpartition(".")
    return prefix in drives and name in drives[prefix][1]


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
